import type { TransactionKind } from '../kinds.ts'
import type { Random } from '../../../support/random.ts'
import { backOfficeKinds } from './back-office.ts'
import { catalogueKinds } from './catalogue.ts'
import { orderKinds } from './orders.ts'
import { peopleKinds } from './people.ts'
import { trafficKinds } from './traffic.ts'

/** Everything that happens in the shop. */
const kinds: readonly TransactionKind[] = [
  ...orderKinds,
  ...catalogueKinds,
  ...peopleKinds,
  ...trafficKinds,
  ...backOfficeKinds,
]

const totalWeight = kinds.reduce((sum, kind) => sum + kind.weight, 0)

/** What happens next. */
export function pickKind(random: Random): TransactionKind {
  let place = random.next() * totalWeight
  for (const kind of kinds) {
    place -= kind.weight
    if (place < 0) return kind
  }
  throw new Error('there are no kinds of transactions')
}
