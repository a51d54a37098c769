import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

const images = 'ClusterPolicy signed-images'

export const examples: RuleExamples = {
  good: {
    refuses: sketch({ components: { shop: {} }, objects: { [images]: { enforced: true } } }),
    'refuses nothing by nature': sketch({ components: { shop: {} }, objects: { 'ConfigMap shop/urls': {} } }),
  },
  bad: {
    'only reports': sketch({ components: { shop: {} }, objects: { [images]: { enforced: false } } }),
    'passes while it does not answer': sketch({
      components: { shop: {} },
      objects: { 'ValidatingWebhookConfiguration images': { enforced: false }, [images]: { enforced: true } },
    }),
  },
}
