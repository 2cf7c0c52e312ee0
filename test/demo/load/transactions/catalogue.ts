import { randomHex } from '../hex.ts'
import type { TransactionKind } from '../kinds.ts'

// Most of these leave description and photo alone: large values beside a changed one, which the WAL does not hold.

export const catalogueKinds: readonly TransactionKind[] = [
  {
    name: 'product views',
    weight: 12,
    run: async (transaction, { random, extent }) => {
      const product = random.between(1, extent.products)
      const other = random.between(1, extent.products)
      for (const id of [Math.min(product, other), Math.max(product, other)]) {
        void transaction.query('update shop.products set views = views + 1 where id = $1', [id])
      }
      return 'commit'
    },
  },
  {
    name: 'new description',
    weight: 1,
    run: async (transaction, { random, extent }) => {
      void transaction.query(
        `update shop.products set description = repeat($2 || ' – frisch gewaschen. ', 120) where id = $1`,
        [random.between(1, extent.products), randomHex(random, 12)],
      )
      return 'commit'
    },
  },
  {
    name: 'new photo',
    weight: 1,
    run: async (transaction, { random, extent }) => {
      const photo = random.chance(0.1) ? null : Buffer.from(randomHex(random, 3000), 'hex')
      void transaction.query(
        `update shop.products set photo = $2, title = $3, size_cm = size_cm || 7.5 where id = $1`,
        [random.between(1, extent.products), photo, `Model ${randomHex(random, 2)}`],
      )
      return 'commit'
    },
  },
  {
    name: 'delivery of goods',
    weight: 0.2,
    run: async (transaction, { random, extent }) => {
      const first = random.between(1, extent.products)
      const last = Math.min(first + 200, extent.products)
      // Locked in the order of their ids first: an update alone takes them as they lie in the table.
      void transaction.query(
        'select from shop.products where id between $1 and $2 order by id for no key update',
        [first, last],
      )
      void transaction.query('update shop.products set stock = stock + 50 where id between $1 and $2', [
        first,
        last,
      ])
      return 'commit'
    },
  },
  {
    name: 'daily picks',
    weight: 0.1,
    run: async (transaction, { random, extent, mayTruncate }) => {
      // Whoever reads the table meanwhile may keep it locked; then the picks stay as they are.
      transaction.control("set local lock_timeout = '500ms'")
      if (mayTruncate()) {
        transaction.control('truncate shop.daily_picks')
      } else {
        transaction.control('lock table shop.daily_picks in exclusive mode')
        transaction.control('delete from shop.daily_picks')
      }
      void transaction.query(
        `insert into shop.daily_picks (position, product_id, reason)
         select n, 1 + ($1::int + n * 13) % $2::int, 'picked ' || clock_timestamp() from generate_series(1, 20) n`,
        [random.between(1, extent.products), extent.products],
      )
      return 'commit'
    },
  },
]
