import type { Call, Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { weigh, together, notEvidenced } from '../cases.ts'

export const if6Audience: Rule = {
  id: 'IF6-audience',
  title: 'Tokens that are meant for others are taken',
  severity: 'high',
  why:
    'A callee that does not check the audience takes every token of the same issuer: one service taken over is every service (RFC ' +
    '7519, section 4.1.3; RFC 9068, section 4; RFC 9700, section 2.3).',
  fix: 'Check that the audience of the token is the callee.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  // Where the token is also passed on, IF6 says both.
  const calls = graph.architecture.calls.filter(({ tokenPassedOn }) => tokenPassedOn?.value !== true)
  const { cases } = weigh(calls, {
    fact: ({ audienceChecked }) => audienceChecked,
    bad: (checked) => !checked,
  })
  const { unknown } = weigh(calls.filter(carriesToken), {
    fact: ({ audienceChecked }) => audienceChecked,
    bad: () => false,
  })
  return {
    weaknesses: together(graph, cases, {
      message: (names, count) =>
        `In ${names} the ${count === 1 ? 'callee takes' : 'callees take'} tokens that are meant for others.`,
      fix: (names) => `check in the callee of ${names} that aud is its own name`,
    }),
    unknowns: notEvidenced(
      graph,
      unknown,
      (names) => `whether the callee of ${names} checks for whom a token is meant`,
    ),
  }
}

function carriesToken({ authentication }: Call): boolean {
  return /^(?:bearer|token|oauth2?|openid.*|jwt)$/i.test(authentication?.value ?? '')
}
