import { randomHex } from '../hex.ts'
import type { Desk, TransactionKind } from '../kinds.ts'
import type { Transaction } from '../transaction.ts'

const placeOrder = `
  with line as (
    select row_number() over () as number, wish.product_id, wish.quantity, product.price
    from unnest($2::int[], $3::int[]) wish (product_id, quantity) join shop.products product on product.id = wish.product_id
  ), placed as (
    insert into shop.orders (customer_id, ship_to, net, vat_rate, note)
    select id, address, (select sum(quantity * price) from line), shop.vat_rate((address).country), $4
    from shop.customers where id = $1
    returning id
  )
  insert into shop.order_lines (order_id, line, product_id, quantity, unit_price)
  select placed.id, line.number, line.product_id, line.quantity, line.price from placed, line
  returning order_id`

const takeFromStock = 'update shop.products set stock = stock - $2 where id = $1'

// Two sessions that touch the same rows do so in the same order: orders, products by id, customers.

async function order(transaction: Transaction, desk: Desk): Promise<string | undefined> {
  const { random, extent } = desk
  const products = [...new Set(Array.from({ length: random.between(1, 4) }, () => popularProduct(desk)))]
  products.sort((a, b) => a - b)
  const quantities = products.map(() => random.between(1, 3))
  const note = random.chance(0.2) ? `Bitte klingeln: „${randomHex(random, 4)}“ 🔔` : null
  const placed = transaction.query<{ order_id: string }>(placeOrder, [
    random.between(1, extent.customers),
    products,
    quantities,
    note,
  ])
  for (const [index, product] of products.entries()) {
    void transaction.query(takeFromStock, [product, quantities[index]])
  }
  const { rows } = await placed
  return rows[0]?.order_id
}

/** Low numbers sell best, so that some rows are hot. */
function popularProduct({ random, extent }: Desk): number {
  return 1 + Math.floor(random.next() ** 2 * extent.products)
}

/** Mostly of the last minutes, sometimes of the last years. */
function anyOrder({ random, extent, recentOrders }: Desk): string {
  const recent = random.chance(0.7) ? recentOrders.pick(random) : undefined
  return recent ?? String(random.between(1, extent.orders))
}

export const orderKinds: readonly TransactionKind[] = [
  {
    name: 'new order',
    weight: 22,
    run: async (transaction, desk) => {
      const id = await order(transaction, desk)
      if (id !== undefined) desk.recentOrders.add(id)
      return 'commit'
    },
  },
  {
    name: 'payment',
    weight: 14,
    run: async (transaction, desk) => {
      const { random } = desk
      const receipt = random.chance(0.5) ? `{"reference":  "${randomHex(random, 6)}", "fee": 0.350}` : null
      void transaction.query(
        `with paid as (
           update shop.orders set status = 'paid' where id = $1 and status = 'placed' returning id, gross, customer_id
         ), payment as (
           insert into shop.payments (order_id, method, amount, receipt) select id, $2, gross, $3 from paid
         )
         update shop.customers set points = points + 5 from paid where customers.id = paid.customer_id`,
        [anyOrder(desk), random.pick(['card', 'bank transfer', 'invoice', 'gift card']), receipt],
      )
      return 'commit'
    },
  },
  {
    name: 'order status',
    weight: 14,
    run: async (transaction, desk) => {
      const status = desk.random.pick(['packed', 'shipped', 'delivered', 'returned'])
      void transaction.query('update shop.orders set status = $2 where id = $1', [anyOrder(desk), status])
      return 'commit'
    },
  },
  {
    name: 'abandoned cart',
    weight: 4,
    run: async (transaction, desk) => {
      await order(transaction, desk)
      return 'rollback'
    },
  },
  {
    name: 'order with second thoughts',
    weight: 4,
    run: async (transaction, desk) => {
      transaction.control('savepoint first_thought')
      await order(transaction, desk)
      transaction.control('rollback to first_thought')
      transaction.control('savepoint second_thought')
      const id = await order(transaction, desk)
      transaction.control('release second_thought')
      if (id !== undefined) {
        void transaction.query(
          'update shop.order_lines set quantity = 1 + quantity % 3 where order_id = $1',
          [id],
        )
      }
      return 'commit'
    },
  },
  {
    name: 'order deleted',
    weight: 3,
    run: async (transaction, desk) => {
      void transaction.query('delete from shop.orders where id = $1', [anyOrder(desk)])
      return 'commit'
    },
  },
]
