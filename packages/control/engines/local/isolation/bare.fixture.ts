import { Isolation } from './isolation.ts'

/** No wall at all, for programs in tests that do what no service may, so that the engine has something to cope with. */
export const withoutWalls = new Isolation({
  node: process.execPath,
  users: false,
  permissions: false,
  walls: [],
})
