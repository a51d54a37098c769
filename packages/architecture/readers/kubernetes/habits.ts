import { habitsOf, type Habits } from '../habits.ts'
import { flagsIn, meaningOf, type Meaning, type ToldSetting } from '../product-settings.ts'
import { technologyIn } from './components.ts'
import type { Setting, Settings } from './settings.ts'
import type { Workload } from './workload.ts'

/** What the settings of a workload tell of it. */
export interface WorkloadHabits {
  readonly habits: Habits
  readonly passesTokens: Meaning['passesTokens']
}

const passwordName = /pass(?:word|wd)?(?:_file)?$/i

export function workloadHabits(workload: Workload, { all }: Settings): WorkloadHabits {
  const told = all.filter(({ origin }) => origin !== 'file').flatMap(settingsIn)
  const { traits: habitual, ...habits } = habitsOf(told)
  const files = all.filter(({ origin }) => origin === 'file').flatMap(settingsIn)
  const meaning = meaningOf(
    [...told, ...files],
    technologyIn(workload)?.technology,
    isGivenPassword(workload),
  )
  const traits = { ...habitual, ...meaning.traits }
  return {
    habits: { ...habits, ...(Object.keys(traits).length === 0 ? {} : { traits }) },
    passesTokens: meaning.passesTokens,
  }
}

/** A command line for a shell is one word, and holds flags of its own. */
function settingsIn({ name, text, field, origin }: Setting): readonly ToldSetting[] {
  const place = () => field.evidence()
  const own = { name, text, place }
  return origin === 'argument' && (name === undefined || name === '-c') && /\s-/.test(text)
    ? [own, ...flagsIn(text.split(/\s+/), place)]
    : [own]
}

/** A password of a Secret that no file describes is still one. */
function isGivenPassword({ containers }: Workload): boolean {
  return containers.some((container) =>
    container
      .at('env')
      .items()
      .some(
        (variable) =>
          passwordName.test(variable.at('name').word() ?? '') &&
          !/allow|empty/i.test(variable.at('name').word() ?? '') &&
          variable.at('valueFrom').at('secretKeyRef').present,
      ),
  )
}
