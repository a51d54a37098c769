// oxlint-disable max-lines -- one line a rule, written by a tool
import type { Rule } from '../finding.ts'
import { av1 } from './av1/rule.ts'
import { av1File } from './av1-file/rule.ts'
import { av1Restart } from './av1-restart/rule.ts'
import { av2 } from './av2/rule.ts'
import { av2Autoscaling } from './av2-autoscaling/rule.ts'
import { av3Host } from './av3-host/rule.ts'
import { av3Spread } from './av3-spread/rule.ts'
import { av3Zone } from './av3-zone/rule.ts'
import { av4 } from './av4/rule.ts'
import { av4Blocking } from './av4-blocking/rule.ts'
import { av4Useless } from './av4-useless/rule.ts'
import { av5Backup } from './av5-backup/rule.ts'
import { av5Ephemeral } from './av5-ephemeral/rule.ts'
import { av5Failover } from './av5-failover/rule.ts'
import { av5Host } from './av5-host/rule.ts'
import { av6 } from './av6/rule.ts'
import { av7 } from './av7/rule.ts'
import { av7Balancer } from './av7-balancer/rule.ts'
import { av8Certificate } from './av8-certificate/rule.ts'
import { av8Registry } from './av8-registry/rule.ts'
import { av8Secret } from './av8-secret/rule.ts'
import { av9 } from './av9/rule.ts'
import { av10 } from './av10/rule.ts'
import { av10Start } from './av10-start/rule.ts'
import { av11Recreate } from './av11-recreate/rule.ts'
import { av11Rolling } from './av11-rolling/rule.ts'
import { av12 } from './av12/rule.ts'
import { cf1 } from './cf1/rule.ts'
import { cf1Long } from './cf1-long/rule.ts'
import { cf2 } from './cf2/rule.ts'
import { cf2Timeout } from './cf2-timeout/rule.ts'
import { cf3 } from './cf3/rule.ts'
import { cf3Budget } from './cf3-budget/rule.ts'
import { cf4Attempts } from './cf4-attempts/rule.ts'
import { cf4Backoff } from './cf4-backoff/rule.ts'
import { cf4Idempotence } from './cf4-idempotence/rule.ts'
import { cf4Jitter } from './cf4-jitter/rule.ts'
import { cf5 } from './cf5/rule.ts'
import { cf6 } from './cf6/rule.ts'
import { cf7 } from './cf7/rule.ts'
import { cf8Depth } from './cf8-depth/rule.ts'
import { cf8FanOut } from './cf8-fan-out/rule.ts'
import { cf8Loop } from './cf8-loop/rule.ts'
import { cf9 } from './cf9/rule.ts'
import { cf9Cache } from './cf9-cache/rule.ts'
import { cf10Bound } from './cf10-bound/rule.ts'
import { cf10DeadLetter } from './cf10-dead-letter/rule.ts'
import { cf11Liveness } from './cf11-liveness/rule.ts'
import { cf11Readiness } from './cf11-readiness/rule.ts'
import { cf11Same } from './cf11-same/rule.ts'
import { cf12 } from './cf12/rule.ts'
import { cf13 } from './cf13/rule.ts'
import { cf13Rollout } from './cf13-rollout/rule.ts'
import { cf14 } from './cf14/rule.ts'
import { cf15 } from './cf15/rule.ts'
import { cf15Load } from './cf15-load/rule.ts'
import { cf16 } from './cf16/rule.ts'
import { cf16Required } from './cf16-required/rule.ts'
import { ct11Versions } from './ct11-versions/rule.ts'
import { if1 } from './if1/rule.ts'
import { if1Inner } from './if1-inner/rule.ts'
import { if1Operation } from './if1-operation/rule.ts'
import { if1Write } from './if1-write/rule.ts'
import { if2 } from './if2/rule.ts'
import { if2AnyOrigin } from './if2-any-origin/rule.ts'
import { if2Scopes } from './if2-scopes/rule.ts'
import { if3 } from './if3/rule.ts'
import { if3Authorised } from './if3-authorised/rule.ts'
import { if3Store } from './if3-store/rule.ts'
import { if4 } from './if4/rule.ts'
import { if4Doors } from './if4-doors/rule.ts'
import { if4Kinds } from './if4-kinds/rule.ts'
import { if5 } from './if5/rule.ts'
import { if5Transform } from './if5-transform/rule.ts'
import { if6 } from './if6/rule.ts'
import { if6Audience } from './if6-audience/rule.ts'
import { if6External } from './if6-external/rule.ts'
import { if7 } from './if7/rule.ts'
import { if8 } from './if8/rule.ts'
import { if9 } from './if9/rule.ts'
import { if9Credential } from './if9-credential/rule.ts'
import { if9Data } from './if9-data/rule.ts'
import { if9Internal } from './if9-internal/rule.ts'
import { if10 } from './if10/rule.ts'
import { if10Class } from './if10-class/rule.ts'
import { if10Log } from './if10-log/rule.ts'
import { if11 } from './if11/rule.ts'
import { if12 } from './if12/rule.ts'
import { if13 } from './if13/rule.ts'
import { if13Egress } from './if13-egress/rule.ts'
import { if14 } from './if14/rule.ts'
import { if14Scattered } from './if14-scattered/rule.ts'
import { if15 } from './if15/rule.ts'
import { if15Rate } from './if15-rate/rule.ts'
import { if16 } from './if16/rule.ts'
import { if17 } from './if17/rule.ts'
import { if18 } from './if18/rule.ts'
import { if19 } from './if19/rule.ts'
import { if20 } from './if20/rule.ts'
import { if21 } from './if21/rule.ts'
import { if21Debug } from './if21-debug/rule.ts'
import { if21Open } from './if21-open/rule.ts'
import { op1 } from './op1/rule.ts'
import { op1Readiness } from './op1-readiness/rule.ts'
import { op2Central } from './op2-central/rule.ts'
import { op2Direct } from './op2-direct/rule.ts'
import { op2Log } from './op2-log/rule.ts'
import { op2Sanitised } from './op2-sanitised/rule.ts'
import { op3 } from './op3/rule.ts'
import { op4 } from './op4/rule.ts'
import { op4Alarms } from './op4-alarms/rule.ts'
import { op5 } from './op5/rule.ts'
import { op6 } from './op6/rule.ts'
import { op6Objective } from './op6-objective/rule.ts'
import { op8 } from './op8/rule.ts'
import { op8Unseen } from './op8-unseen/rule.ts'
import { rh1Capabilities } from './rh1-capabilities/rule.ts'
import { rh1Escalation } from './rh1-escalation/rule.ts'
import { rh1Kept } from './rh1-kept/rule.ts'
import { rh1Privileged } from './rh1-privileged/rule.ts'
import { rh1Root } from './rh1-root/rule.ts'
import { rh2RootFiles } from './rh2-root-files/rule.ts'
import { rh2Seccomp } from './rh2-seccomp/rule.ts'
import { rh3 } from './rh3/rule.ts'
import { rh3Network } from './rh3-network/rule.ts'
import { rh3Paths } from './rh3-paths/rule.ts'
import { rh3Processes } from './rh3-processes/rule.ts'
import { rh4Memory } from './rh4-memory/rule.ts'
import { rh4Processes } from './rh4-processes/rule.ts'
import { rh4Processor } from './rh4-processor/rule.ts'
import { rh4Storage } from './rh4-storage/rule.ts'
import { rh5 } from './rh5/rule.ts'
import { rh6 } from './rh6/rule.ts'
import { rh6Token } from './rh6-token/rule.ts'
import { rh7 } from './rh7/rule.ts'
import { rh7Anyone } from './rh7-anyone/rule.ts'
import { rh7Secrets } from './rh7-secrets/rule.ts'
import { rh7Takeover } from './rh7-takeover/rule.ts'
import { rh8 } from './rh8/rule.ts'
import { rh9 } from './rh9/rule.ts'
import { rh9Policy } from './rh9-policy/rule.ts'
import { rh10 } from './rh10/rule.ts'
import { sc2Registry } from './sc2-registry/rule.ts'
import { sc3EndOfLife } from './sc3-end-of-life/rule.ts'
import { sc4Latest } from './sc4-latest/rule.ts'
import { sc5 } from './sc5/rule.ts'
import { sc10 } from './sc10/rule.ts'
import { so1BothWays } from './so1-both-ways/rule.ts'
import { so1Hub } from './so1-hub/rule.ts'
import { so1Mega } from './so1-mega/rule.ts'
import { so1Nano } from './so1-nano/rule.ts'
import { so2Image } from './so2-image/rule.ts'
import { so2Order } from './so2-order/rule.ts'
import { so3 } from './so3/rule.ts'
import { so4 } from './so4/rule.ts'
import { so5 } from './so5/rule.ts'
import { so6 } from './so6/rule.ts'
import { so7Component } from './so7-component/rule.ts'
import { so7Network } from './so7-network/rule.ts'
import { so7Operation } from './so7-operation/rule.ts'

/** Every rule, by id. Written by tools/rules.ts from the folders. */
export const rules: readonly Rule[] = [
  av1,
  av1File,
  av1Restart,
  av2,
  av2Autoscaling,
  av3Host,
  av3Spread,
  av3Zone,
  av4,
  av4Blocking,
  av4Useless,
  av5Backup,
  av5Ephemeral,
  av5Failover,
  av5Host,
  av6,
  av7,
  av7Balancer,
  av8Certificate,
  av8Registry,
  av8Secret,
  av9,
  av10,
  av10Start,
  av11Recreate,
  av11Rolling,
  av12,
  cf1,
  cf1Long,
  cf2,
  cf2Timeout,
  cf3,
  cf3Budget,
  cf4Attempts,
  cf4Backoff,
  cf4Idempotence,
  cf4Jitter,
  cf5,
  cf6,
  cf7,
  cf8Depth,
  cf8FanOut,
  cf8Loop,
  cf9,
  cf9Cache,
  cf10Bound,
  cf10DeadLetter,
  cf11Liveness,
  cf11Readiness,
  cf11Same,
  cf12,
  cf13,
  cf13Rollout,
  cf14,
  cf15,
  cf15Load,
  cf16,
  cf16Required,
  ct11Versions,
  if1,
  if1Inner,
  if1Operation,
  if1Write,
  if2,
  if2AnyOrigin,
  if2Scopes,
  if3,
  if3Authorised,
  if3Store,
  if4,
  if4Doors,
  if4Kinds,
  if5,
  if5Transform,
  if6,
  if6Audience,
  if6External,
  if7,
  if8,
  if9,
  if9Credential,
  if9Data,
  if9Internal,
  if10,
  if10Class,
  if10Log,
  if11,
  if12,
  if13,
  if13Egress,
  if14,
  if14Scattered,
  if15,
  if15Rate,
  if16,
  if17,
  if18,
  if19,
  if20,
  if21,
  if21Debug,
  if21Open,
  op1,
  op1Readiness,
  op2Central,
  op2Direct,
  op2Log,
  op2Sanitised,
  op3,
  op4,
  op4Alarms,
  op5,
  op6,
  op6Objective,
  op8,
  op8Unseen,
  rh1Capabilities,
  rh1Escalation,
  rh1Kept,
  rh1Privileged,
  rh1Root,
  rh2RootFiles,
  rh2Seccomp,
  rh3,
  rh3Network,
  rh3Paths,
  rh3Processes,
  rh4Memory,
  rh4Processes,
  rh4Processor,
  rh4Storage,
  rh5,
  rh6,
  rh6Token,
  rh7,
  rh7Anyone,
  rh7Secrets,
  rh7Takeover,
  rh8,
  rh9,
  rh9Policy,
  rh10,
  sc2Registry,
  sc3EndOfLife,
  sc4Latest,
  sc5,
  sc10,
  so1BothWays,
  so1Hub,
  so1Mega,
  so1Nano,
  so2Image,
  so2Order,
  so3,
  so4,
  so5,
  so6,
  so7Component,
  so7Network,
  so7Operation,
]
