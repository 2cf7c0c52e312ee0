import { randomHex } from '../hex.ts'
import type { Desk, TransactionKind } from '../kinds.ts'

/** An event that no other session moves or deletes. */
function ownEvent({ random, extent, number, desks }: Desk): number {
  const id = random.between(1, extent.events)
  return id - (id % desks) + number
}

/** Where a row of the search log may lie; perhaps there is none. */
function someSearch({ random, extent }: Desk): string {
  return `(${random.between(0, extent.searchLogPages - 1)},${random.between(1, 60)})`
}

const insertSearch = `insert into shop.search_log (at, query, results, took, filters) values ($1, $2, $3, $4, $5)`

export const trafficKinds: readonly TransactionKind[] = [
  {
    name: 'events',
    weight: 12,
    run: async (transaction, { random, extent }) => {
      void transaction.query(
        `insert into shop.events (happened_at, customer_id, kind, session, ip, properties)
         select now() - $1 * n * interval '1 day', $2, 'view', gen_random_uuid(), '2001:db8::1', jsonb_build_object('n', n)
         from generate_series(0, 2) n`,
        [random.chance(0.1) ? random.between(1, 900) : 0, random.between(1, extent.customers)],
      )
      return 'commit'
    },
  },
  {
    name: 'event moved to another partition',
    weight: 1,
    run: async (transaction, desk) => {
      void transaction.query(
        `update shop.events set happened_at = happened_at - interval '40 days', properties = properties || '{"late": true}'
         where id = $1`,
        [ownEvent(desk)],
      )
      return 'commit'
    },
  },
  {
    name: 'event deleted',
    weight: 1,
    run: async (transaction, desk) => {
      void transaction.query('delete from shop.events where id = $1', [ownEvent(desk)])
      return 'commit'
    },
  },
  {
    name: 'many events at once',
    weight: 0.2,
    run: async (transaction) => {
      void transaction.query(
        `insert into shop.events (kind, session) select 'import', gen_random_uuid() from generate_series(1, 500)`,
      )
      return 'commit'
    },
  },
  {
    name: 'search',
    weight: 6,
    run: async (transaction, { random }) => {
      const values = [
        new Date(),
        `wool ${randomHex(random, 2)}`,
        random.between(0, 99),
        '00:00:00.012345',
        ['a,b', null],
      ]
      void transaction.query(insertSearch, values)
      if (random.chance(0.3)) void transaction.query(insertSearch, values)
      return 'commit'
    },
  },
  {
    name: 'search refined',
    weight: 1,
    run: async (transaction, desk) => {
      void transaction.query(
        'update shop.search_log set results = coalesce(results, 0) + 1 where ctid = $1::tid',
        [someSearch(desk)],
      )
      return 'commit'
    },
  },
  {
    name: 'search forgotten',
    weight: 1,
    run: async (transaction, desk) => {
      void transaction.query('delete from shop.search_log where ctid = $1::tid', [someSearch(desk)])
      return 'commit'
    },
  },
]
