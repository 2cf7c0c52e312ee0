/** The demo's source database: a shop of the wished size, the same for every run but for the dates. */
import { readFile } from 'node:fs/promises'
import { Client } from 'pg'

/** How many rows of each kind make one megabyte of database, indexes included; measured. */
const rowsPerMegabyte = {
  customers: 127,
  products: 12.7,
  orders: 842,
  events: 1232,
  searches: 62,
  bookings: 10,
  giftCards: 20,
  invoices: 30,
} as const

type Counts = Readonly<Record<keyof typeof rowsPerMegabyte, number>>

/** Files of one statement each, in an order that suits their foreign keys, and the values of their parameters. */
type Fill = readonly (readonly [file: string, ...parameters: number[]])[]

/** Two sessions fill at once; what reads another's rows is on the same one. */
function planFill(counts: Counts): readonly Fill[] {
  return [
    [
      ['products', counts.products],
      ['order-lines', counts.orders, counts.products],
      ['orders', counts.orders, counts.customers],
      ['payments'],
    ],
    [
      ['categories'],
      ['customers', counts.customers],
      ['events', counts.events, counts.customers],
      ['search-log', counts.searches],
      ['truck-bookings', counts.bookings],
      ['gift-cards', counts.giftCards],
      ['invoices', counts.invoices],
      ['daily-picks', counts.products],
    ],
  ]
}

export interface ShopSize {
  readonly tables: number
  readonly databaseBytes: bigint
}

/**
 * Fills an empty database with the shop; pg_database_size is then about `sizeMb` megabytes. The rows are made on
 * the server.
 */
export async function createShop(url: string, sizeMb: number, signal: AbortSignal): Promise<ShopSize> {
  // The catalog of an empty database alone takes some 11 MB.
  const factor = Math.max(sizeMb - 11, 2)
  const count = (kind: keyof Counts) => Math.max(Math.round(rowsPerMegabyte[kind] * factor), 20)
  const counts: Counts = {
    customers: count('customers'),
    products: count('products'),
    orders: count('orders'),
    events: count('events'),
    searches: count('searches'),
    bookings: count('bookings'),
    giftCards: count('giftCards'),
    invoices: count('invoices'),
  }
  await withClient({ url, signal }, async (client) => client.query(await readSql('schema')))
  await Promise.all(planFill(counts).map((fill) => runFill({ url, signal }, fill)))
  return await withClient({ url, signal }, async (client) => {
    await client.query(await readSql('finish'))
    const { rows } = await client.query<{ tables: number; bytes: string }>(
      `select pg_database_size(current_database()) as bytes,
         (select count(*)::int from pg_class where relkind in ('r', 'p')
            and relnamespace::regnamespace::text in ('shop', '"Back Office"')) as tables`,
    )
    const [size] = rows
    return { tables: size?.tables ?? 0, databaseBytes: BigInt(size?.bytes ?? 0) }
  })
}

async function runFill(access: Access, fill: Fill): Promise<void> {
  await withClient(access, async (client) => {
    await client.query(await readSql('helpers'))
    for (const [index, [file, ...parameters]] of fill.entries()) {
      // A seed for each file, so that it does not matter what ran before.
      await client.query('select setseed($1)', [0.42 + index / 100])
      await client.query(await readSql(`fill/${file}`), parameters)
    }
  })
}

function readSql(name: string): Promise<string> {
  return readFile(new URL(`${name}.sql`, import.meta.url), 'utf8')
}

interface Access {
  readonly url: string
  readonly signal: AbortSignal
}

async function withClient<T>({ url, signal }: Access, use: (client: Client) => Promise<T>): Promise<T> {
  signal.throwIfAborted()
  const client = new Client({ connectionString: url, application_name: 'shop' })
  client.on('error', () => {
    // The statement under way rejects with it.
  })
  // In the middle of a statement, too: some take long.
  const end = () => void client.end()
  signal.addEventListener('abort', end, { once: true })
  try {
    await client.connect()
    return await use(client)
  } catch (error) {
    signal.throwIfAborted()
    throw error
  } finally {
    signal.removeEventListener('abort', end)
    await client.end()
  }
}
