import type { Zone } from '../../model.ts'
import { isObject, Notes } from '../field.ts'
import type { ArchitecturePart, Reader } from '../reader.ts'
import { callsOf } from './calls.ts'
import { componentOf } from './components.ts'
import { modelOf, type ThreagileModel } from './model.ts'

/** Reads models of Threagile (threagile.io): technical assets, communication links, trust boundaries, data assets, shared runtimes. */
export const threagileReader: Reader = {
  format: 'threagile',
  recognises: ({ value }) => isObject(value) && isObject(value['technical_assets']),
  read: (documents, context) => {
    const notes = new Notes()
    const parts = documents.map((document) => partOf(modelOf(document, notes, context)))
    return {
      components: parts.flatMap(({ components }) => components),
      calls: parts.flatMap(({ calls = [] }) => calls),
      zones: parts.flatMap(({ zones = [] }) => zones),
      notes: notes.all(),
    }
  },
}

function partOf(model: ThreagileModel): ArchitecturePart {
  const assets = [...model.assets]
  return {
    components: assets.map(([id, asset]) => componentOf(id, asset, model)),
    calls: assets.flatMap(([id, asset]) => callsOf(id, asset, model)),
    zones: [...model.boundaries].map(([id, boundary]): Zone => ({ id, evidence: boundary.evidence() })),
  }
}
