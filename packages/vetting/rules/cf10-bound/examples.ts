import type { RuleExamples } from '../../finding.ts'
import { sketch } from '../example.ts'

const events = { kind: 'broker' as const }

export const examples: RuleExamples = {
  good: {
    bounded: sketch({ components: { events: { ...events, traits: { 'bounded-queue': true } } } }),
    'not known': sketch({ components: { events } }),
  },
  bad: {
    'one broker': sketch({ components: { events: { ...events, traits: { 'bounded-queue': false } } } }),
    'two brokers': sketch({
      components: {
        events: { ...events, traits: { 'bounded-queue': false } },
        mails: { ...events, traits: { 'bounded-queue': false } },
      },
    }),
  },
}
