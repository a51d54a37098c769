import { defineContract } from '@plimsoll/contract'
import { pricing as current } from '../../services/pricing/contract.ts'

export const pricing = defineContract({
  name: 'pricing',
  version: '1.1.0',
  operations: { quote: { ...current.operations.quote.declaration, deadline: '700ms' } },
})
