import type { Call, Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { notEvidenced, together, weighCalls, type Case } from '../cases.ts'

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

/** Where the token is also passed on, IF6 says both. */
const weighed = weighCalls<boolean>({
  of: (call) =>
    call.tokenPassedOn?.value !== true && (call.audienceChecked !== undefined || carriesToken(call)),
  fact: ({ audienceChecked }) => audienceChecked,
  bad: (checked) => !checked,
})

function check(graph: Graph): RuleResult {
  const { cases, unknown } = graph.once(weighed)
  return {
    weaknesses: [
      ...together(graph, cases, {
        message: (names, count) =>
          `In ${names} the ${count === 1 ? 'callee takes' : 'callees take'} tokens that are meant for others.`,
        fix: (names) => `check in the callee of ${names} that aud is its own name`,
      }),
      ...together(graph, entrances(graph), {
        message: (names, count) =>
          `${names} ${count === 1 ? 'takes' : 'take'} tokens that are meant for others.`,
        fix: (names) => `let ${names} name the audience that a token has to have`,
        identity: ['entrance'],
      }),
    ],
    unknowns: notEvidenced(
      graph,
      unknown,
      (names) => `whether the callee of ${names} checks for whom a token is meant`,
    ),
  }
}

/** Parts that take anybody's tokens, and of whose calls nothing is known: their callers are outside of the files. */
function entrances(graph: Graph): readonly Case[] {
  const taking = graph.architecture.components.filter(
    ({ traits }) => traits?.['checks-audience']?.value === false,
  )
  if (taking.length === 0) return []
  const told = new Set(
    graph.architecture.calls.flatMap(({ to, audienceChecked }) =>
      audienceChecked === undefined ? [] : [graph.ownerOf(to)?.id],
    ),
  )
  return taking
    .filter(({ id }) => !told.has(id))
    .map(({ id, traits, evidence }) => ({
      id,
      evidence: traits?.['checks-audience']?.evidence ?? evidence,
    }))
}

function carriesToken({ authentication }: Call): boolean {
  return /^(?:bearer|token|oauth2?|openid.*|jwt)$/i.test(authentication?.value ?? '')
}
