/** How calls of Slack wait for one another, with a clock that stands still until a test moves it. */
import { expect, test } from 'vitest'
import { SlackCallError } from '../../bot/slack/index.ts'
import { Lane } from '../../bot/slack/lane.ts'

const never = new AbortController().signal

/** Sleepers wake up when the clock is moved past their time. */
class Stage {
  readonly calls: string[] = []
  readonly #sleepers: { readonly atMs: number; readonly wake: () => void }[] = []
  readonly #refusals = new Map<string, number[]>()
  #nowMs = 0

  readonly lane = new Lane({
    clock: {
      nowMs: () => this.#nowMs,
      sleep: (ms) =>
        new Promise((resolve) => void this.#sleepers.push({ atMs: this.#nowMs + ms, wake: resolve })),
    },
    call: async (method, args) => {
      const [channel, text] = [args['channel'], args['text']].filter((each) => typeof each === 'string')
      const key = [method, channel].join(' ').trim()
      this.calls.push([this.#nowMs, key, text].join(' ').trim())
      const retryAfterMs = this.#refusals.get(key)?.shift()
      if (retryAfterMs !== undefined) throw new SlackCallError(method, 'limited', 'ratelimited', retryAfterMs)
      return { ok: true }
    },
  })

  limit(key: string, ...retryAfterMs: readonly number[]): void {
    this.#refusals.set(key, [...retryAfterMs])
  }

  async advance(ms: number): Promise<void> {
    await settle()
    const untilMs = this.#nowMs + ms
    for (;;) {
      const [next] = this.#sleepers.toSorted((a, b) => a.atMs - b.atMs)
      if (next === undefined || next.atMs > untilMs) break
      this.#sleepers.splice(this.#sleepers.indexOf(next), 1)
      this.#nowMs = next.atMs
      next.wake()
      await settle()
    }
    this.#nowMs = untilMs
  }
}

/** Lets everything happen that waits for nothing but its turn. */
async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
}

test('messages of one channel go one a second in their order, those of another beside them', async () => {
  const stage = new Stage()
  const posts = ['a', 'b', 'c'].map((text) =>
    stage.lane.run('chat.postMessage', { channel: 'C1', text }, never),
  )
  posts.push(stage.lane.run('chat.postMessage', { channel: 'C2', text: 'x' }, never))
  await stage.advance(5000)
  await Promise.all(posts)
  expect(stage.calls).toEqual([
    '0 chat.postMessage C1 a',
    '0 chat.postMessage C2 x',
    '1000 chat.postMessage C1 b',
    '2000 chat.postMessage C1 c',
  ])
})

test('what Slack limits is sent again when it said, and holds back only its own method and channel', async () => {
  const stage = new Stage()
  stage.limit('chat.update C1', 30_000, 5000)
  const updates = ['a', 'b'].map((text) => stage.lane.run('chat.update', { channel: 'C1', text }, never))
  await stage.advance(1000)
  const others = [
    stage.lane.run('chat.update', { channel: 'C2', text: 'y' }, never),
    stage.lane.run('chat.postMessage', { channel: 'C1', text: 'z' }, never),
  ]
  await stage.advance(60_000)
  await Promise.all([...updates, ...others])
  expect(stage.calls).toEqual([
    '0 chat.update C1 a',
    '1000 chat.update C2 y',
    '1000 chat.postMessage C1 z',
    '30000 chat.update C1 a',
    '35000 chat.update C1 a',
    '35000 chat.update C1 b',
  ])
})

test('a modal that Slack limits is not opened later, when its trigger is over', async () => {
  const stage = new Stage()
  stage.limit('views.open', 3000)
  await expect(stage.lane.run('views.open', { trigger_id: 't' }, never)).rejects.toMatchObject({
    failure: 'limited',
  })
})

test('a call that fails does not hold up those behind it', async () => {
  const lane = new Lane({
    clock: { nowMs: () => 0, sleep: () => Promise.reject(new Error('nothing to wait for')) },
    call: async (method, { text }) => {
      if (text === 'a') throw new SlackCallError(method, 'gone', 'message_not_found')
      return { ok: true }
    },
  })
  const first = lane.run('chat.update', { channel: 'C1', text: 'a' }, never)
  const second = lane.run('chat.update', { channel: 'C1', text: 'b' }, never)
  await expect(first).rejects.toMatchObject({ failure: 'gone', code: 'message_not_found' })
  await expect(second).resolves.toEqual({ ok: true })
})
