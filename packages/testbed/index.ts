export { createProject, type TestProject } from './project.ts'
export { startSystem, type Answer, type RunningReplica, type System } from './system.ts'
