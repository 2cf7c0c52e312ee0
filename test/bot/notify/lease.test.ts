import { expect, test } from 'vitest'
import { whileHolding } from '../../../bot/notify/lease.ts'
import type { Mandate, NotifyNeeds } from '../../../bot/notify/ports.ts'
import { shareStage, type Stage } from './stage.ts'

const stage = shareStage()

type Put = NotifyNeeds['records']['put']

interface Process extends AsyncDisposable {
  readonly mandate: Promise<Mandate>
  /** Somebody else has the lease. */
  readonly refused: Promise<void>
}

/** A process that wants the lease, and when it has it works until it has to stop. */
function startProcess(from: Stage, key: string, change: (put: Put) => Put = (put) => put): Process {
  const { records } = from
  const stop = new AbortController()
  const mandate = Promise.withResolvers<Mandate>()
  const refused = Promise.withResolvers<void>()
  const put = change((...args) => records.put(...args))
  const watched: NotifyNeeds['records'] = {
    find: (...args) => records.find(...args),
    list: (...args) => records.list(...args),
    delete: (...args) => records.delete(...args),
    put: async (...args) => {
      const note = await put(...args)
      if (note === null) refused.resolve()
      return note
    },
  }
  const work = async (held: Mandate) => {
    mandate.resolve(held)
    await endOf(held)
  }
  const running = whileHolding({ ...from.needs(stop.signal), records: watched }, key, work, stop.signal)
  return {
    mandate: mandate.promise,
    refused: refused.promise,
    async [Symbol.asyncDispose]() {
      stop.abort()
      await running
    },
  }
}

async function endOf({ signal }: Mandate): Promise<void> {
  const ended = Promise.withResolvers<void>()
  signal.addEventListener('abort', () => ended.resolve(), { once: true })
  if (!signal.aborted) await ended.promise
}

test('of two processes one has the lease; the other has it when the first lets go', async () => {
  const first = startProcess(stage(), 'lease/one')
  await first.mandate
  await using second = startProcess(stage(), 'lease/one')
  const fate = second.mandate.then(() => 'works')
  expect(await Promise.race([fate, second.refused.then(() => 'waits')])).toBe('waits')
  await first[Symbol.asyncDispose]()
  stage().slack.clock.advance(3_000)
  expect(await fate).toBe('works')
})

test('a process stops when another has its lease', async () => {
  await using process = startProcess(stage(), 'lease/taken')
  const mandate = await process.mandate
  await stage().records.put('lease/taken', {}, { expiresInMs: 60_000 })
  stage().slack.clock.advance(5_000)
  await endOf(mandate)
  expect(() => mandate.assertHeld()).toThrow('is lost')
})

test('a process that cannot renew its lease says nothing from when another may have it', async () => {
  let isCut = false
  const cut =
    (put: Put): Put =>
    (...args) =>
      isCut ? Promise.reject(new Error('cut off')) : put(...args)
  await using process = startProcess(stage(), 'lease/cut', cut)
  const mandate = await process.mandate
  isCut = true
  mandate.assertHeld()
  stage().slack.clock.advance(13_000)
  expect(() => mandate.assertHeld()).toThrow('has run out')
  await endOf(mandate)
})
