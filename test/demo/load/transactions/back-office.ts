import { randomHex } from '../hex.ts'
import type { TransactionKind } from '../kinds.ts'

const firstTour = Date.UTC(2030, 0, 1)
const tourMs = 4 * 3_600_000

export const backOfficeKinds: readonly TransactionKind[] = [
  {
    name: 'gift card',
    weight: 2,
    run: async (transaction, { random, giftCards }) => {
      const code = randomHex(random, 16).toUpperCase()
      void transaction.query(
        `insert into "Back Office"."Gift Cards" ("Code №", "Value in €", "select") values ($1, $2, $3)`,
        [code, random.between(1, 20) * 5, random.pick([null, '', '\\.', 'tab\tnewline\n'])],
      )
      giftCards.add(code)
      return 'commit'
    },
  },
  {
    // The primary key itself changes.
    name: 'gift card exchanged',
    weight: 2,
    run: async (transaction, { random, giftCards }) => {
      const former = giftCards.takeOldest()
      if (former === undefined) return 'rollback'
      const code = randomHex(random, 16).toUpperCase()
      void transaction.query(
        `update "Back Office"."Gift Cards" set "Code №" = $2, "Say ""hi""; it's free" = 'was ' || $1 where "Code №" = $1`,
        [former, code],
      )
      giftCards.add(code)
      return 'commit'
    },
  },
  {
    name: 'gift card spent',
    weight: 1,
    run: async (transaction, { giftCards }) => {
      const code = giftCards.takeOldest()
      if (code === undefined) return 'rollback'
      void transaction.query('delete from "Back Office"."Gift Cards" where "Code №" = $1', [code])
      return 'commit'
    },
  },
  {
    name: 'invoice',
    weight: 2,
    run: async (transaction, { random, extent }) => {
      void transaction.query(
        `insert into "Back Office"."Invoices" ("Order.Id", "Lines") values ($1, '{{a,"b c"},{NULL,"\\"d\\""}}')`,
        [random.between(1, extent.orders)],
      )
      return 'commit'
    },
  },
  {
    name: 'invoice deferred',
    weight: 1,
    run: async (transaction, { random }) => {
      void transaction.query(
        `update "Back Office"."Invoices" set "Due" = "Due" + 7 where "Number" = 100000 + 10 * $1::int`,
        [random.between(1, 500)],
      )
      return 'commit'
    },
  },
  {
    name: 'truck booked',
    weight: 1,
    run: async (transaction, desk) => {
      const begin = firstTour + desk.nextTour() * tourMs
      const { rows } = await transaction.query<{ id: number }>(
        `insert into shop.truck_bookings (truck, during, driver)
         values ($1, tstzrange($2, $3), 'Ü. Fahrer') returning id`,
        [1000 + desk.number, new Date(begin), new Date(begin + tourMs)],
      )
      const [row] = rows
      if (row) desk.bookings.add(row.id)
      return 'commit'
    },
  },
  {
    // Values under an exclusion constraint change places: out of order, the constraint refuses them.
    name: 'tours swapped',
    weight: 1,
    run: async (transaction, { bookings }) => {
      const pair = bookings.latestTwo()
      if (!pair) return 'rollback'
      const { rows } = await transaction.query<{ during: string }>(
        'select during::text from shop.truck_bookings where id = any ($1::int[]) order by id',
        [pair],
      )
      const change = 'update shop.truck_bookings set during = $2 where id = $1'
      void transaction.query(change, [pair[0], 'empty'])
      void transaction.query(change, [pair[1], rows[0]?.during])
      void transaction.query(change, [pair[0], rows[1]?.during])
      return 'commit'
    },
  },
]
