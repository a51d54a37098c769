import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

export const examples: RuleExamples = {
  good: {
    masked: sketch({ components: { users: { traits: { 'local-log': true, 'sanitised-log': true } } } }),
    'no log': sketch({ components: { users: { traits: { 'local-log': false, 'sanitised-log': false } } } }),
  },
  bad: {
    'as it comes': sketch({
      components: { users: { traits: { 'local-log': true, 'sanitised-log': false } } },
    }),
    'about people': sketch({
      components: { users: { traits: { 'local-log': true, 'sanitised-log': false } } },
      operations: { 'users.find': { dataOut: ['personal'] } },
    }),
  },
}
