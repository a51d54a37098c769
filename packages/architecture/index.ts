export type {
  ArchitectureSettings,
  ConsumerDeployment,
  ConsumerSettings,
  Deployment,
  ExternalSettings,
  GatewaySettings,
  Policy,
  PolicySettings,
  ReleaseFacts,
  ServiceDeployment,
  ServiceSettings,
  Severity,
  StoreSettings,
  Waiver,
  ZoneSettings,
} from './deployment.ts'
export {
  canaryPlan,
  parseCanary,
  type CanaryPlan,
  type CanaryStep,
  type RolloutSettings,
} from './rollout-policy.ts'
export {
  componentKinds,
  defaultDataClasses,
  type Architecture,
  type ArchitectureOperation,
  type Call,
  traits,
  type Component,
  type ComponentKind,
  type ConfigurationObject,
  type Evidence,
  type Fact,
  type Grant,
  type Hardening,
  type HealthCheck,
  type NetworkSegment,
  type Note,
  type PublishedPort,
  type Trait,
  type UpdateStrategy,
  type Volume,
  type Zone,
} from './model.ts'
export { amplifications, type Amplification } from './analyses/amplification.ts'
export { concernedBelow, concernedEntries } from './analyses/concerned.ts'
export { connectionUses, type ConnectionUse, type ConnectionUser } from './analyses/connections.ts'
export { synchronousCycles, type Cycle } from './analyses/cycles.ts'
export { dataFlow, type DataAt, type DataFlow, type DataStep } from './analyses/data-flow.ts'
export { chainDepths, fanOuts, type ChainDepth, type FanOut } from './analyses/depth.ts'
export type { AmplificationChange } from './analyses/difference/amplification.ts'
export type { AvailabilityChange } from './analyses/difference/availability.ts'
export {
  difference,
  differenceOf,
  type Difference,
  type DifferenceOptions,
} from './analyses/difference/difference.ts'
export type { ReachChange } from './analyses/difference/reach.ts'
export { entriesOf, type Entry } from './analyses/entries.ts'
export {
  availabilities,
  availability,
  type Availability,
  type AvailabilityOptions,
} from './analyses/failure/availability.ts'
export { cutSets, type CutSet, type CutSetOptions, type CutSets } from './analyses/failure/cut-sets.ts'
export {
  assumedAvailability,
  type BasicEvent,
  type ComponentFailure,
  type FailureKind,
  type Interval,
} from './analyses/failure/events.ts'
export { importances, type Importance, type ImportanceOptions } from './analyses/failure/importance.ts'
export { cheapestRedundancy, type Redundancy, type RedundancyChange } from './analyses/failure/redundancy.ts'
export { singlePoints, type SinglePoint } from './analyses/failure/single-points.ts'
export { faultTree, type FaultTree } from './analyses/failure/tree.ts'
export { dataArrivals, returnedArrivals, sentArrivals, type Arrival, type Returned } from './analyses/flow.ts'
export { dependentChecks, type DependentCheck } from './analyses/health.ts'
export type { Run, Trigger } from './analyses/overload/fluid.ts'
export { overload, type Overload, type OverloadOptions } from './analyses/overload/overload.ts'
export {
  reachMatrix,
  type Caller,
  type Known,
  type ReachMatrix,
  type ReachStep,
  type ReachWay,
} from './analyses/reach-matrix.ts'
export { clientReach, gainedReach, type Reach } from './analyses/reach.ts'
export { unsafeRetries, type UnsafeRetry } from './analyses/retries.ts'
export {
  cohesions,
  deploymentOrder,
  hubs,
  ownershipCrossings,
  shapeOf,
  sharedUnits,
  type Cohesion,
  type DeploymentOrder,
  type Hub,
  type OwnershipCrossing,
  type Shape,
  type SharedUnit,
} from './analyses/shape.ts'
export { sharedStores, type SharedStore } from './analyses/sharing.ts'
export { chainTimes, timeBudgets, type CallTime, type ChainTime, type TimeBudget } from './analyses/time.ts'
export type { Way } from './analyses/walk.ts'
export { neededBy, type NeededBy } from './analyses/needed-by.ts'
export { neededComponents, needsOfEntries, type EntryNeeds } from './analyses/ways.ts'
export { changedServices, deploymentOf } from './deployment.ts'
export { architectureDigest, emptyArchitecture } from './digest.ts'
export type { ArchitectureErrorCode } from './errors.ts'
export {
  cutOff,
  ofComponentsAlone,
  ofEachCall,
  ofEachComponent,
  ofEachOperation,
  type CallEnds,
  type Neighbourhood,
  type Setting,
} from './each.ts'
export { graphAfter, graphOf, type Analysis, type Earlier, type Graph } from './graph.ts'
export { imagine, type Imagined, type ImaginedChange, type KillKind } from './imagine.ts'
export { closestNames } from './names.ts'
export { describeDeployment } from './readers/plimsoll/reader.ts'
export { defineArchitecture } from './settings.ts'
export type { ReadOptions } from './readers/read.ts'
export type { SourceFile } from './readers/reader.ts'
