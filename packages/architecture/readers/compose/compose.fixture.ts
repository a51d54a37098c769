import assert from 'node:assert/strict'
import type { Architecture, Call, Component } from '../../model.ts'
import { read, type ReadOptions } from '../read.ts'

/** Reads one Compose file. */
export function compose(text: string, options: ReadOptions = {}): Architecture {
  return read([{ name: 'shop/compose.yaml', text }], options)
}

/** Other files of the folder, by their path in it. */
export function folder(files: Readonly<Record<string, string>>): NonNullable<ReadOptions['load']> {
  return (path, from) => {
    const base = from.split('/').slice(0, -1)
    for (const part of path.split('/')) {
      if (part === '..') base.pop()
      else if (part !== '.') base.push(part)
    }
    const name = base.join('/')
    const text = files[name.replace(/^shop\//, '')]
    return text === undefined || !name.startsWith('shop/') ? undefined : { name, text }
  }
}

export function component(architecture: Architecture, id: string): Component {
  const found = architecture.components.find((candidate) => candidate.id === id)
  assert.ok(found, `${id} is not among ${architecture.components.map((one) => one.id).join(', ')}`)
  return found
}

export function call(architecture: Architecture, from: string, to: string): Call {
  const found = architecture.calls.find((candidate) => candidate.from === from && candidate.to === to)
  assert.ok(found, `${from} → ${to} is not among ${edges(architecture).join(', ')}`)
  return found
}

export function edges({ calls }: Architecture): readonly string[] {
  return calls.map(({ from, to }) => `${from} → ${to}`)
}

export function notes({ notes }: Architecture): readonly string[] {
  return notes.map(({ message }) => message)
}
