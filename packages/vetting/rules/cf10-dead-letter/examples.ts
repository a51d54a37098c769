import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

const events = { kind: 'broker' as const }

export const examples: RuleExamples = {
  good: {
    'put aside': sketch({ components: { events: { ...events, traits: { 'dead-letter-queue': true } } } }),
    'not known': sketch({ components: { events } }),
  },
  bad: {
    'one broker': sketch({ components: { events: { ...events, traits: { 'dead-letter-queue': false } } } }),
    'two brokers': sketch({
      components: {
        events: { ...events, traits: { 'dead-letter-queue': false } },
        mails: { ...events, traits: { 'dead-letter-queue': false } },
      },
    }),
  },
}
