/** How calls of Slack wait for one another, with a clock that stands still until a test moves it. */
import { expect, test } from 'vitest'
import { type LaneName, SlackCallError } from '../../bot/slack/index.ts'
import { Lanes } from '../../bot/slack/lanes.ts'

const never = new AbortController().signal

/** Sleepers wake up when the clock is moved past their time. */
class Stage {
  readonly calls: string[] = []
  readonly #sleepers = new Set<{ readonly atMs: number; readonly wake: () => void }>()
  readonly #refusals = new Map<string, number[]>()
  #nowMs = 0

  readonly lanes = new Lanes({
    clock: {
      nowMs: () => this.#nowMs,
      sleep: (ms, signal) => {
        const { promise, resolve, reject } = Promise.withResolvers<void>()
        const sleeper = { atMs: this.#nowMs + ms, wake: resolve }
        this.#sleepers.add(sleeper)
        signal.addEventListener('abort', () => {
          this.#sleepers.delete(sleeper)
          reject(new Error('aborted'))
        })
        return promise
      },
    },
    call: async (_lane, method, args) => {
      const [channel, text] = [args['channel'], args['text']].filter((each) => typeof each === 'string')
      const key = [method, channel].join(' ').trim()
      this.calls.push([this.#nowMs, key, text].join(' ').trim())
      const retryAfterMs = this.#refusals.get(key)?.shift()
      if (retryAfterMs !== undefined) throw new SlackCallError(method, 'limited', 'ratelimited', retryAfterMs)
      return { ok: true }
    },
  })

  post(lane: LaneName, channel: string, text: string, signal = never): Promise<unknown> {
    return this.lanes.run({ lane, method: 'chat.postMessage', args: { channel, text } }, signal)
  }

  update(lane: LaneName, channel: string, text: string, signal = never): Promise<unknown> {
    return this.lanes.run({ lane, method: 'chat.update', args: { channel, text } }, signal)
  }

  limit(key: string, ...retryAfterMs: readonly number[]): void {
    this.#refusals.set(key, [...retryAfterMs])
  }

  async advance(ms: number): Promise<void> {
    await settle()
    const untilMs = this.#nowMs + ms
    for (;;) {
      const [next] = [...this.#sleepers].toSorted((a, b) => a.atMs - b.atMs)
      if (next === undefined || next.atMs > untilMs) break
      this.#sleepers.delete(next)
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

test('messages of one channel go in their order and two at once, then one a second, those of another beside them', async () => {
  const stage = new Stage()
  const posts = ['a', 'b', 'c', 'd'].map((text) => stage.post('first', 'C1', text))
  posts.push(stage.post('first', 'C2', 'x'))
  await stage.advance(5000)
  await Promise.all(posts)
  expect(stage.calls).toEqual([
    '0 chat.postMessage C1 a',
    '0 chat.postMessage C2 x',
    '0 chat.postMessage C1 b',
    '1000 chat.postMessage C1 c',
    '2000 chat.postMessage C1 d',
  ])
})

test('a message of progress makes way for those that people wait for in its channel', async () => {
  const stage = new Stage()
  const posts = [stage.post('progress', 'C1', 'p'), stage.post('progress', 'C1', 'q')]
  await stage.advance(500)
  posts.push(...['a', 'b', 'c'].map((text) => stage.post('first', 'C1', text)))
  await stage.advance(5000)
  await Promise.all(posts)
  expect(stage.calls).toEqual([
    '0 chat.postMessage C1 p',
    '500 chat.postMessage C1 a',
    '500 chat.postMessage C1 b',
    '1500 chat.postMessage C1 c',
    '2500 chat.postMessage C1 q',
  ])
})

test('what Slack limits waits for all of the workspace as long as it said, and then goes one at a time', async () => {
  const stage = new Stage()
  stage.limit('chat.update C1', 30_000)
  stage.limit('chat.update C2', 5000)
  const calls = [stage.update('first', 'C1', 'a')]
  await stage.advance(1000)
  calls.push(stage.update('first', 'C2', 'b'), stage.update('first', 'C3', 'c'))
  calls.push(stage.update('progress', 'C4', 'd'), stage.post('first', 'C1', 'z'))
  await stage.advance(60_000)
  await Promise.all(calls)
  expect(stage.calls).toEqual([
    '0 chat.update C1 a',
    '1000 chat.postMessage C1 z',
    '30000 chat.update C1 a',
    '30000 chat.update C2 b',
    '35000 chat.update C3 c',
    '35000 chat.update C2 b',
    '36000 chat.update C4 d',
  ])
})

test('a channel that Slack limits holds up no other', async () => {
  const stage = new Stage()
  stage.limit('chat.postMessage C1', 30_000)
  const posts = [stage.post('first', 'C1', 'a')]
  await stage.advance(1000)
  posts.push(stage.post('first', 'C1', 'b'), stage.post('first', 'C2', 'x'))
  await stage.advance(60_000)
  await Promise.all(posts)
  expect(stage.calls).toEqual([
    '0 chat.postMessage C1 a',
    '1000 chat.postMessage C2 x',
    '30000 chat.postMessage C1 a',
    '30000 chat.postMessage C1 b',
  ])
})

test('what is refused to progress is still tried for people', async () => {
  const stage = new Stage()
  stage.limit('chat.update C1', 30_000)
  const calls = [stage.update('progress', 'C1', 'p')]
  await stage.advance(1000)
  calls.push(stage.update('progress', 'C2', 'q'), stage.update('first', 'C1', 'a'))
  await stage.advance(60_000)
  await Promise.all(calls)
  expect(stage.calls).toEqual([
    '0 chat.update C1 p',
    '1000 chat.update C1 a',
    '30000 chat.update C1 p',
    '30000 chat.update C2 q',
  ])
})

test('progress leaves people their share of the updates that Slack allows', async () => {
  const stage = new Stage()
  const names = Array.from({ length: 18 }, (_, index) => `p${index}`)
  const updates = names.map((name) => stage.update('progress', `C-${name}`, name))
  await stage.advance(1000)
  updates.push(stage.update('first', 'C1', 'a'))
  await stage.advance(60_000)
  await Promise.all(updates)
  const times = stage.calls.map((call) => call.replace(/chat.update \S+ /, ''))
  expect(times.slice(0, 15)).toEqual(names.slice(0, 15).map((name) => `0 ${name}`))
  // The update for a person has taken what progress would have had.
  expect(times.slice(15)).toEqual(['1000 a', '3000 p15', '5000 p16', '7000 p17'])
})

test('what is withdrawn before its turn is not sent, and holds up nothing', async () => {
  const stage = new Stage()
  const [waiting, behind] = [new AbortController(), new AbortController()]
  const first = stage.post('progress', 'C1', 'a')
  const withdrawn = [
    stage.post('progress', 'C1', 'b', waiting.signal),
    stage.post('progress', 'C1', 'c', behind.signal),
  ]
  const last = stage.post('progress', 'C1', 'd')
  await stage.advance(500)
  for (const controller of [behind, waiting]) controller.abort(new Error('not any more'))
  const outcomes = await Promise.allSettled(withdrawn)
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  await stage.advance(5000)
  await Promise.all([first, last])
  expect(stage.calls).toEqual(['0 chat.postMessage C1 a', '1000 chat.postMessage C1 d'])
})

test('a modal that Slack limits is not opened later, when its trigger is over', async () => {
  const stage = new Stage()
  stage.limit('views.open', 3000)
  const open = () =>
    stage.lanes.run({ lane: 'first', method: 'views.open', args: { trigger_id: 't' } }, never)
  await expect(open()).rejects.toMatchObject({ failure: 'limited' })
  await expect(open()).rejects.toMatchObject({ failure: 'limited' })
  expect(stage.calls).toEqual(['0 views.open'])
})

test('a call that fails does not hold up those behind it', async () => {
  const lanes = new Lanes({
    clock: { nowMs: () => 0, sleep: () => Promise.reject(new Error('nothing to wait for')) },
    call: async (_lane, method, { text }) => {
      if (text === 'a') throw new SlackCallError(method, 'gone', 'message_not_found')
      return { ok: true }
    },
  })
  const update = (text: string) =>
    lanes.run({ lane: 'first', method: 'chat.update', args: { channel: 'C1', text } }, never)
  const [first, second] = [update('a'), update('b')]
  await expect(first).rejects.toMatchObject({ failure: 'gone', code: 'message_not_found' })
  await expect(second).resolves.toEqual({ ok: true })
})
