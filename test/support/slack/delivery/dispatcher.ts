import type { JsonObject } from '../json.ts'
import type { World } from '../state/world.ts'
import type { Delivered, Delivery, Outgoing } from './delivery.ts'
import { deliverOverHttp, post } from './http-transport.ts'
import { signatureOf, signRequest } from './signed-request.ts'
import type { SocketMode } from './socket-mode.ts'

export interface ReplayOptions {
  /** Moves the timestamp, and signs it rightly: -600 is ten minutes old, 600 comes from the future. */
  readonly timestampOffsetS?: number
  readonly signature?: 'wrong'
}

/** Brings things to the app, over HTTP when it has a request URL, else over Socket Mode. */
export class Dispatcher {
  readonly deliveries: Delivery[] = []
  requestUrl: string | undefined
  readonly #world: World
  readonly #sockets: SocketMode

  constructor(world: World, sockets: SocketMode) {
    this.#world = world
    this.#sockets = sockets
  }

  /** Waits for the acknowledgement, 3 seconds or what else was said, by the clock of the simulator. */
  async deliver(outgoing: Outgoing): Promise<Delivered> {
    const { clock, changes, app, answerWithinMs } = this.#world
    const request = this.requestUrl === undefined ? undefined : signRequest(app, outgoing, realTimeS())
    const delivery: Delivery = {
      ...outgoing,
      atMs: clock.nowMs(),
      ...(request === undefined ? {} : { request }),
    }
    this.deliveries.push(delivery)
    const deadline = new AbortController()
    const cancel = clock.after(answerWithinMs, () => deadline.abort())
    changes.announce()
    const outcome =
      this.requestUrl === undefined || request === undefined
        ? await this.#sockets.send(outgoing, deadline.signal)
        : await deliverOverHttp(this.requestUrl, request, deadline.signal)
    cancel()
    const delivered = Object.assign(delivery, { outcome })
    changes.announce()
    return delivered
  }

  /** Sends what was sent before once more: over HTTP to the byte, unless told otherwise. Returns the HTTP status. */
  async replay(delivery: Delivery, options: ReplayOptions = {}): Promise<number> {
    const { request } = delivery
    if (this.requestUrl === undefined || request === undefined)
      throw new Error('only what went over HTTP can be replayed or forged; use deliver() for Socket Mode')
    const { timestampOffsetS, signature } = options
    const headers: Record<string, string> = { ...request.headers }
    if (timestampOffsetS !== undefined) {
      const timestampS = realTimeS() + timestampOffsetS
      headers['x-slack-request-timestamp'] = String(timestampS)
      headers['x-slack-signature'] = signatureOf(this.#world.app.signingSecret, timestampS, request.body)
    }
    if (signature === 'wrong')
      headers['x-slack-signature'] = signatureOf('not the secret', realTimeS(), request.body)
    const response = await post(this.requestUrl, { headers, body: request.body }, neverAborted)
    await response.arrayBuffer()
    return response.status
  }

  /** What Slack does when a request URL is entered: the app must answer with the challenge. */
  async verifyRequestUrl(): Promise<boolean> {
    const challenge = this.#world.ids.secret()
    const payload: JsonObject = {
      type: 'url_verification',
      token: this.#world.app.verificationToken,
      challenge,
    }
    const { outcome } = await this.deliver({ kind: 'events_api', payload })
    if (!outcome.acknowledged) return false
    const { body } = outcome
    return body === challenge || (typeof body === 'object' && JSON.stringify(body).includes(challenge))
  }
}

const neverAborted = new AbortController().signal

function realTimeS(): number {
  return Math.floor(Date.now() / 1000)
}
