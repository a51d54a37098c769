export { controlContract } from './contract.ts'
export { startControlPlane, type ControlPlane, type ControlPlaneOptions } from './control-plane.ts'
export { ControlFailure, ControlRefusal, type ControlFailureCode, type ControlRefusalCode } from './errors.ts'
