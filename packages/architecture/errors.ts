import { InvalidInput, type Problem } from '@plimsoll/base'

export type ArchitectureErrorCode = 'SETTINGS' | 'DEPLOYMENT' | 'COMPOSE' | 'IMAGINED' | 'FILES'

/** Throws every problem at once, or does nothing. */
export function throwProblems(code: ArchitectureErrorCode, problems: readonly Problem[]): void {
  const [first, ...others] = problems
  if (first !== undefined) throw new InvalidInput<ArchitectureErrorCode>(code, [first, ...others])
}
