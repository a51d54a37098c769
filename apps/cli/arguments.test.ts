import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { InvalidInput } from '@plimsoll/base'
import * as fc from 'fast-check'
import { readArguments } from './arguments.ts'
import type { Command } from './command.ts'
import { call } from './commands/call.ts'
import { loadCommands } from './commands/index.ts'
import { status } from './commands/status.ts'
import { harmless, jsonText, table } from './terminal.ts'

const commands = await loadCommands()
const refused = (command: Command, words: readonly string[], message?: RegExp) =>
  assert.throws(
    () => readArguments(command, words),
    (error) =>
      error instanceof InvalidInput &&
      error.code === 'USAGE' &&
      error.fix !== undefined &&
      (message?.test(error.message) ?? true),
    words.join(' '),
  )

suite('arguments', () => {
  test('of a call are options, fields and the operation', () => {
    const { positionals, options, fields } = readArguments(call, [
      'pricing.quote',
      '--sku',
      'A1',
      '--note=a=b',
      '--amount',
      '-5',
      '--project',
      '/shop',
      '--json',
      '--empty=',
    ])
    assert.deepEqual(
      [positionals, { ...options }, { ...fields }],
      [
        ['pricing.quote'],
        { project: '/shop', json: true },
        { sku: 'A1', note: 'a=b', amount: '-5', empty: '' },
      ],
    )
  })

  test('that stand twice are refused: nobody knows which one was meant', () => {
    refused(call, ['pricing.quote', '--input', '{}', '--input', '{}'], /--input stands twice/)
    refused(call, ['pricing.quote', '--input={}', '--input', '{}'], /--input stands twice/)
    refused(call, ['pricing.quote', '--sku', 'A1', '--sku=A2'], /--sku stands twice/)
    refused(status, ['--project', 'a', '--project', 'b'], /--project stands twice/)
    refused(status, ['--json', '--json'], /--json stands twice/)
  })

  test('that are unknown, or lack their value, are refused', () => {
    refused(status, ['--histroy'])
    refused(status, ['--history=yes'])
    refused(status, ['--project'])
    refused(status, ['-x'])
    refused(call, ['pricing.quote', '--input'])
    refused(call, ['pricing.quote', '--sku'], /--sku has no value/)
    refused(call, ['pricing.quote', '--sku', '--quantity', '3'], /--sku has no value/)
    refused(call, ['pricing.quote', '-q', '3'])
  })

  test('touch no prototype, whatever they are called', () => {
    for (const name of ['__proto__', '__proto__.polluted', '-proto']) {
      refused(call, ['pricing.quote', `--${name}`, 'x'])
      refused(status, [`--${name}`, 'x'])
    }
    const { fields } = readArguments(call, [
      'pricing.quote',
      '--constructor',
      'x',
      '--toString=y',
      '--hasOwnProperty',
      'z',
    ])
    assert.deepEqual(Object.keys(fields), ['constructor', 'toString', 'hasOwnProperty'])
    assert.ok(!('polluted' in {}))
    for (const name of ['constructor', 'toString']) refused(status, [`--${name}`, 'x'])
  })

  test('are read to an end, whatever they are', () => {
    const word = fc.oneof(
      fc.constantFrom(
        '--',
        '-',
        '--input',
        '--input=',
        '--json',
        '--=',
        '-h',
        '--__proto__',
        '---',
        'pricing.quote',
      ),
      fc.string(),
    )
    fc.assert(
      fc.property(fc.constantFrom(...commands), fc.array(word, { maxLength: 6 }), (command, words) => {
        try {
          readArguments(command, words)
        } catch (error) {
          assert.ok(error instanceof InvalidInput)
        }
      }),
      { numRuns: 2_000 },
    )
  })

  test('are documented: every option of every command, and nothing else', () => {
    for (const { name, options, optionHelp, usage, examples } of commands) {
      const documented = Object.keys(optionHelp).flatMap((text) =>
        [...text.matchAll(/--([a-z-]+)/g)].map(([, option]) => option),
      )
      assert.deepEqual(new Set(documented), new Set(Object.keys(options)), name)
      assert.ok(
        usage.startsWith(name) &&
          examples.every((example) => example.includes(`plimsoll ${name}`) || example.includes('plimsoll')),
      )
    }
  })
})

// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const obeyed = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/

suite('text from outside', () => {
  test('has nothing left that a terminal obeys', () => {
    const attacks = [
      '\u001b[2J\u001b[H',
      '\u001b]0;owned\u0007',
      '\u009b31m',
      '\u001b]8;;http://evil\u001b\\click\u001b]8;;\u001b\\',
      'a\rb',
      'a\bb',
      '\u0000',
      '\u007f',
      '\u202egnp.exe',
      '\u2066x\u2069',
      '\u001bPq\u001b\\',
      '\u001b',
    ]
    for (const attack of attacks) {
      assert.doesNotMatch(harmless(`before ${attack} after`), obeyed, JSON.stringify(attack))
      assert.match(jsonText({ [attack]: attack }), /^[\u0020-\u007e\n]+$/)
      assert.deepEqual(JSON.parse(jsonText({ text: attack })), { text: attack })
    }
    assert.equal(harmless('two lines\n\tand a tab, é, \u{1f600}'), 'two lines\n\tand a tab, é, \u{1f600}')
  })

  test('stays JSON with everything in it', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        assert.deepEqual(JSON.parse(jsonText(value)), JSON.parse(JSON.stringify(value)))
      }),
    )
    assert.equal(jsonText(undefined), 'null')
  })

  test('stands in columns, styles not counted', () => {
    assert.deepEqual(
      table([
        ['a', '\u001b[31mready\u001b[39m', 'x'],
        ['long', 'no', ''],
      ]),
      ['a     \u001b[31mready\u001b[39m  x', 'long  no'],
    )
    assert.deepEqual(table([]), [])
  })
})
