import type { Fact } from '../../model.ts'
import type { Manifest } from './manifest.ts'

/** Whether what an object of admission refuses stays out; undefined for objects that refuse nothing. */
export function enforcedOf(manifest: Manifest): Fact<boolean> | undefined {
  return readers[manifest.type]?.(manifest)
}

const readers: Readonly<Record<string, (manifest: Manifest) => Fact<boolean> | undefined>> = {
  ValidatingWebhookConfiguration: webhook,
  ValidatingAdmissionPolicyBinding: binding,
  'kyverno/ClusterPolicy': kyverno,
  'kyverno/Policy': kyverno,
  'sigstore/ClusterImagePolicy': imagePolicy,
}

/** `Ignore`: while the webhook does not answer, everything passes. The default of v1 is `Fail`. */
function webhook({ root }: Manifest): Fact<boolean> | undefined {
  const webhooks = root.at('webhooks')
  const policies = webhooks.items().map((each) => each.at('failurePolicy'))
  const ignored = policies.find((policy) => policy.text() === 'Ignore')
  if (ignored !== undefined) return ignored.fact(false)
  return policies.length === 0 ? undefined : webhooks.fact(true, 'inferred')
}

function binding({ root }: Manifest): Fact<boolean> | undefined {
  const actions = root.at('spec').at('validationActions')
  return actions.present ? actions.fact(actions.texts().includes('Deny')) : undefined
}

/** https://kyverno.io/docs/policy-types/cluster-policy/validate/ – the default is to audit. */
function kyverno({ root }: Manifest): Fact<boolean> | undefined {
  const spec = root.at('spec')
  const rules = spec.at('rules').items()
  const images = rules.flatMap((rule) => rule.at('verifyImages').items())
  const refusing = [...rules.map((rule) => rule.at('validate')).filter(({ present }) => present), ...images]
  if (refusing.length === 0) return undefined
  const actions = [spec.at('validationFailureAction'), ...refusing.map((each) => each.at('failureAction'))]
  const enforcing = actions.find((action) => /^enforce$/i.test(action.text() ?? ''))
  if (enforcing !== undefined) return enforcing.fact(true)
  const stated = actions.find(({ present }) => present)
  return stated?.fact(false) ?? spec.fact(false, 'inferred')
}

function imagePolicy({ root }: Manifest): Fact<boolean> {
  const mode = root.at('spec').at('mode')
  return mode.text() === 'warn' ? mode.fact(false) : root.at('spec').fact(true, 'inferred')
}
