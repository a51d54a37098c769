export { drawingOf, ownersOf, placesOf } from './drawing.ts'
export { layOut } from './layout.ts'
export { mapInline } from './svg.ts'
export { mapStyle } from './style.ts'
