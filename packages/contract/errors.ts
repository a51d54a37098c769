import { InvalidInput, type Problem } from '@plimsoll/base'

export type ContractErrorCode = 'CONTRACT' | 'USE' | 'ROUTES' | 'INPUT' | 'PATH'

/** Throws every problem at once, or does nothing. */
export function throwProblems(code: ContractErrorCode, problems: readonly Problem[]): void {
  const [first, ...others] = problems
  if (first !== undefined) throw new InvalidInput<ContractErrorCode>(code, [first, ...others])
}
