import type { Call, Component, Fact } from '../../model.ts'
import type { Field } from '../field.ts'
import type { Cluster } from './cluster.ts'
import type { Policy } from './peer-security.ts'
import { plainSelectorOf } from './selector.ts'
import type { Workload } from './workload.ts'

type Tokens = Pick<Call, 'audienceChecked' | 'tokenPassedOn'>

/** What Istio does with the tokens of requests: https://istio.io/latest/docs/reference/config/security/jwt/ */
export class RequestTokens {
  readonly #requests: readonly Policy[]
  readonly #authorisation: readonly Policy[]
  readonly #gateways: ReadonlySet<Workload>

  constructor(requests: readonly Policy[], authorisation: readonly Policy[], cluster: Cluster) {
    this.#requests = requests
    this.#authorisation = authorisation
    this.#gateways = gatewaysIn(cluster)
  }

  /** A sidecar gives the token to its own service; only a gateway hands it on. */
  towards(workload: Workload, caller: Workload | undefined): Tokens {
    const checked = this.#audience(workload)
    const passed = caller === undefined || !this.#gateways.has(caller) ? undefined : this.#passedOn(caller)
    return {
      ...(checked === undefined ? {} : { audienceChecked: checked }),
      ...(passed === undefined ? {} : { tokenPassedOn: passed }),
    }
  }

  traitsOf(workload: Workload): NonNullable<Component['traits']> {
    const [first] = this.#rulesOf(workload)
    const checked = this.#audience(workload)
    if (first === undefined) return {}
    return {
      'validates-tokens': first.fact(true),
      ...(checked === undefined ? {} : { 'checks-audience': checked }),
    }
  }

  /** Envoy compares the audience only where one is named; one rule without lets the tokens of its issuer in. */
  #audience(workload: Workload): Fact<boolean> | undefined {
    const rules = this.#rulesOf(workload)
    const open = rules.find((rule) => rule.at('audiences').items().length === 0)
    const asked = this.#authorisation.flatMap(({ selected, manifest }) =>
      selected.has(workload) && comparesAudience(manifest.root) ? [manifest.root.at('spec')] : [],
    )
    const [first] = open === undefined ? rules.map((rule) => rule.at('audiences')) : asked
    return first?.fact(true) ?? open?.fact(false, 'inferred')
  }

  /** Without `forwardOriginalToken` the proxy takes the token out of the request. */
  #passedOn(gateway: Workload): Fact<boolean> | undefined {
    const rules = this.#rulesOf(gateway)
    const kept = rules.map((rule) => rule.at('forwardOriginalToken')).find((field) => field.flag() === true)
    return kept?.fact(true) ?? rules[0]?.fact(false, 'inferred')
  }

  #rulesOf(workload: Workload): readonly Field[] {
    return this.#requests
      .filter(({ selected }) => selected.has(workload))
      .flatMap(({ manifest }) => manifest.root.at('spec').at('jwtRules').items())
  }
}

const audienceKeys = new Set(['request.auth.audiences', 'request.auth.claims[aud]'])

/** Every rule of an ALLOW policy asks for an audience. */
function comparesAudience(root: Field): boolean {
  const spec = root.at('spec')
  const rules = spec.at('rules').items()
  if (!['ALLOW', undefined].includes(spec.at('action').text()) || rules.length === 0) return false
  return rules.every((rule) =>
    rule
      .at('when')
      .items()
      .some((condition) => audienceKeys.has(condition.at('key').text() ?? '')),
  )
}

/** Workloads that an Istio Gateway selects. */
function gatewaysIn(cluster: Cluster): ReadonlySet<Workload> {
  return new Set(
    cluster.of('istio/Gateway').flatMap(({ root }) => {
      const selector = plainSelectorOf(root.at('spec').at('selector'))
      return selector.empty ? [] : cluster.workloads.filter(({ labels }) => selector.matches(labels))
    }),
  )
}
