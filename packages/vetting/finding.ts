import type { Architecture, Evidence, Graph, Severity } from '@plimsoll/architecture'
import type { Digest } from '@plimsoll/base'

/** One step of the way through the architecture that a finding describes. */
export interface PathStep {
  /** Id of a component or an operation. */
  readonly id: string
  /** What happens there, for people: `calls`, `3 attempts`, `returns card`. */
  readonly note?: string | undefined
  readonly evidence?: Evidence | undefined
}

/** What a rule says of an architecture, before the gate looks at it. */
export interface Weakness {
  /** Id of the component, operation or call (`a -> b`) that it is about. */
  readonly subject: string
  /** One sentence with the names and figures of this case. */
  readonly message: string
  readonly path: readonly PathStep[]
  readonly evidence: readonly Evidence[]
  /** The smallest change that removes it, in this case. */
  readonly fix: string
  /** Replaces the rule's severity, where this case is better or worse. */
  readonly severity?: Severity | undefined
  /** What makes it the same weakness in another revision, beside rule and subject: ids, never figures or lines. */
  readonly identity?: readonly string[] | undefined
  /** Every place that has it, where one cause has several. With a further one it is new; with fewer it is not. */
  readonly members?: readonly string[] | undefined
}

/** One weakness of one architecture. */
export interface Finding extends Omit<Weakness, 'severity' | 'identity'> {
  readonly rule: string
  readonly title: string
  readonly severity: Severity
  /** Stable under reordering, renaming of unrelated things and moved lines. */
  readonly fingerprint: string
}

/** Something that a rule could not decide because a fact is not in the files. */
export interface Unknown {
  readonly rule: string
  readonly subject: string
  /** Such as: `not evidenced: whether port 8080 of api-gateway asks for authentication`. */
  readonly message: string
}

/** What one rule answers. */
export interface RuleResult {
  readonly weaknesses: readonly Weakness[]
  readonly unknowns?: readonly Omit<Unknown, 'rule'>[] | undefined
}

/** One rule; each stands in a folder of its own, with examples. */
export interface Rule {
  /** Id in the catalogue, such as `AV1`. */
  readonly id: string
  readonly title: string
  readonly severity: Severity
  /** Why it matters, with its source (CWE, OWASP, NIST, paper). */
  readonly why: string
  /** What removes it, in general. */
  readonly fix: string
  /** Architectures that it is silent about, and such that it speaks of; tests and the documentation use them. */
  readonly examples: () => Promise<RuleExamples>
  check(graph: Graph): RuleResult
}

export interface RuleExamples {
  readonly good: Readonly<Record<string, Architecture>>
  readonly bad: Readonly<Record<string, Architecture>>
}

/** All findings over one architecture. */
export interface Judgement {
  /** Worst first, then by rule, subject and fingerprint. */
  readonly findings: readonly Finding[]
  readonly unknowns: readonly Unknown[]
}

/**
 * Where a finding of (architecture + candidate) comes from. `emergent`: neither the architecture nor the candidate
 * has it alone. `candidate`: the candidate alone has it. `existing`: the architecture had it before.
 */
export type Origin = 'emergent' | 'candidate' | 'existing'

export interface VettedFinding extends Finding {
  readonly origin: Origin
  /** Present where the finding is accepted. */
  readonly waiver?: { readonly owner: string; readonly reason: string; readonly expires: string } | undefined
  /** True where this finding refuses the candidate. */
  readonly refuses: boolean
}

/** Admitted or refused, for exactly these releases, in exactly this revision of the architecture. */
export interface Verdict {
  readonly format: 'plimsoll/verdict/1'
  readonly admitted: boolean
  readonly architecture: {
    readonly name: string
    /** Digest of what ran. */
    readonly before: Digest
    /** Digest of what would run. */
    readonly after: Digest
  }
  /** Every release that the candidate brings or changes: service → digest. */
  readonly candidate: Readonly<Record<string, Digest>>
  readonly findings: readonly VettedFinding[]
  /** Findings of the architecture before that the candidate removes. */
  readonly removed: readonly Finding[]
  readonly unknowns: readonly Unknown[]
  /** Digest of the rules' ids and texts, and of the policy with waivers. */
  readonly rules: Digest
  readonly policy: Digest
  /** RFC 3339. */
  readonly vettedAt: string
  readonly tool: string
}
