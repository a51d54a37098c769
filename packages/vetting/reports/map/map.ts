import type { Architecture } from '@plimsoll/architecture'
import type { Finding } from '../../finding.ts'
import { drawingOf } from './drawing.ts'
import { layOut } from './layout.ts'
import { mapFile } from './svg.ts'

/** A map as a file, with its size in pixels. */
export interface RenderedMap {
  readonly svg: string
  readonly width: number
  readonly height: number
}

/** Draws an architecture, with the number of findings at each component. */
export function renderMap(architecture: Architecture, findings: readonly Finding[] = []): RenderedMap {
  return mapFile(layOut(drawingOf(architecture, findings)), architecture.name)
}
