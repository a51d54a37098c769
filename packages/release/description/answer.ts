import type { ContractDocument, UseDocument } from '@plimsoll/contract'

/** What the loading process tells. */
export type Answer =
  | { readonly type: 'described'; readonly contract: ContractDocument; readonly uses: readonly UseDocument[] }
  | { readonly type: 'no-service'; readonly exported: readonly string[] }
  | { readonly type: 'wrong-kind'; readonly kind: string }
  | { readonly type: 'threw'; readonly thrown: ThrownFacts }

/** What is known of something that was thrown while the module loaded. */
export interface ThrownFacts {
  readonly message: string
  readonly name?: string | undefined
  readonly code?: string | undefined
  readonly stack?: string | undefined
  /** What Node's permission model denied, such as `FileSystemWrite`. */
  readonly permission?: string | undefined
  /** Of an InvalidInput. */
  readonly problems?: readonly unknown[] | undefined
}
