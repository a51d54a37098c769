import { Refusal } from '@plimsoll/base'

/** Each way in which an attestation can be the wrong one. */
export type VettingRefusalCode =
  | 'ATTESTATION_TYPE'
  | 'ATTESTATION_MALFORMED'
  | 'ATTESTATION_RELEASES'
  | 'ATTESTATION_ARCHITECTURE'
  | 'ATTESTATION_POLICY'
  | 'ATTESTATION_RULES'
  | 'ATTESTATION_REFUSED'
  | 'ATTESTATION_AGE'
  | 'ATTESTATION_ENVIRONMENT'

export class VettingRefusal extends Refusal<VettingRefusalCode> {}

/** What can be wrong with files that a person gives to a judgement. */
export type VettingErrorCode = 'BASELINE' | 'WAIVERS'
