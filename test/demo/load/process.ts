/** The process of the write load, forked by index.ts: apart from the demo, so that neither slows the other. */
import { Client } from 'pg'
import type { ShopExtent } from './kinds.ts'
import { type LoadReport, loadCommand } from './messages.ts'
import { type LoadCounts, type LoadLedger, runSession } from './session.ts'

const sessions = 6
const reportEveryMs = 500

const stopping = new AbortController()
let mayTruncate = false
let mayBeFenced = false
const counts: LoadCounts = { committed: 0, rolledBack: 0, refused: 0, errors: 0 }
const ledger: LoadLedger = { acknowledged: [], inDoubt: [] }

function report(message: LoadReport, then?: () => void): void {
  if (process.connected) process.send?.(message, undefined, undefined, then)
}

async function measureShop(url: string): Promise<ShopExtent> {
  const client = new Client({ connectionString: url, application_name: 'shop' })
  await client.connect()
  try {
    const { rows } = await client.query<ShopExtent>(
      `select (select max(id)::int from shop.customers) as customers, (select max(id) from shop.products) as products,
         (select max(id)::int from shop.orders) as orders, (select max(id)::int from shop.events) as events,
         (select max(id) from shop.truck_bookings) as bookings,
         (pg_relation_size('shop.search_log') / 8192)::int as "searchLogPages"`,
    )
    const [extent] = rows
    if (!extent) throw new Error('the shop could not be measured')
    return extent
  } finally {
    await client.end()
  }
}

async function runLoad(url: string, transactionsPerSecond: number): Promise<void> {
  const extent = await measureShop(url)
  const timer = setInterval(() => report({ type: 'counts', counts }), reportEveryMs)
  const desks = Array.from({ length: sessions }, (_, number) => number)
  try {
    await Promise.all(
      desks.map((number) =>
        runSession(
          {
            url,
            extent,
            number,
            desks: sessions,
            mayTruncate: () => mayTruncate,
            transactionsPerSecond: transactionsPerSecond / sessions,
            mayBeFenced: () => mayBeFenced,
            counts,
            ledger,
            onError: (message) => report({ type: 'error', message }),
          },
          stopping.signal,
        ),
      ),
    )
  } finally {
    clearInterval(timer)
  }
}

function start(url: string, transactionsPerSecond: number): void {
  runLoad(url, transactionsPerSecond)
    .catch((error: unknown) => {
      counts.errors += 1
      report({ type: 'error', message: error instanceof Error ? error.message : String(error) })
    })
    .finally(() => {
      // A long ledger is on its way for a while.
      report({ type: 'stopped', counts, ledger }, () => process.disconnect())
    })
}

process.on('message', (raw) => {
  const command = loadCommand.parse(raw)
  switch (command.type) {
    case 'start':
      start(command.url, command.transactionsPerSecond)
      break
    case 'allow truncate':
      mayTruncate = true
      break
    case 'expect fence':
      mayBeFenced = true
      break
    case 'stop':
      stopping.abort()
  }
})

// Ctrl-C reaches this process too; the demo decides when the load stops, or is gone.
process.on('SIGINT', () => undefined)
process.on('disconnect', () => stopping.abort())
