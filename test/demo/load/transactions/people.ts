import { randomHex } from '../hex.ts'
import type { TransactionKind } from '../kinds.ts'

export const peopleKinds: readonly TransactionKind[] = [
  {
    name: 'new customer',
    weight: 3,
    run: async (transaction, { random }) => {
      void transaction.query(
        `insert into shop.customers (email, full_name, address, phones, preferences, born)
         values ($1, $2, row($3, 'Zürich', null, 'CH'), $4, $5, $6)`,
        [
          `${randomHex(random, 8)}@example.com`,
          `${random.pick(['Ada', 'Bo', 'Çelik', 'Дарья', '陽菜'])} ${randomHex(random, 3)}`,
          'Seestraße "am Steg"',
          random.chance(0.5) ? [] : ['+41 44 000', null, 'say "ring", twice'],
          JSON.stringify({ language: 'it', big: '12345678901234567890.5', nested: [[], {}] }),
          random.pick(['1999-12-31', '0044-03-15 BC', '-infinity', null]),
        ],
      )
      return 'commit'
    },
  },
  {
    name: 'customer preferences',
    weight: 6,
    run: async (transaction, { random, extent }) => {
      void transaction.query(
        `update shop.customers set newsletter = not newsletter, points = points + 1,
           preferences = jsonb_set(preferences, '{seen}', to_jsonb($2::int)), phones = phones || $3::text
         where id = $1`,
        [random.between(1, extent.customers), random.between(1, 1e6), random.chance(0.1) ? 'new' : null],
      )
      return 'commit'
    },
  },
  {
    // Two values of a unique column change places by way of a third.
    name: 'swapped e-mails',
    weight: 1,
    run: async (transaction, { random, extent }) => {
      const low = random.between(1, extent.customers - 1)
      const high = random.between(low + 1, extent.customers)
      const { rows } = await transaction.query<{ email: string }>(
        'select email from shop.customers where id = any ($1::bigint[]) order by id for update',
        [[low, high]],
      )
      const change = 'update shop.customers set email = $2 where id = $1'
      void transaction.query(change, [low, `moving-${low}@example.org`])
      void transaction.query(change, [high, rows[0]?.email])
      void transaction.query(change, [low, rows[1]?.email])
      return 'commit'
    },
  },
]
