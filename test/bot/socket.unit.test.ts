/** Socket Mode with a Slack that takes connections and says nothing. */
import { createServer, type Server, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import { createSlackLogger } from '../../bot/slack/logger.ts'
import { SocketReceiver } from '../../bot/slack/socket.ts'
import { listenOnLoopback } from '../support/listen.ts'
import { silentLog } from '../support/start-server.ts'

class Mute implements AsyncDisposable {
  readonly #sockets = new Set<Socket>()
  readonly #server: Server
  readonly asked: Promise<void>
  answer: ((port: number) => string) | undefined
  connections = 0
  port = 0

  constructor() {
    const asked = Promise.withResolvers<void>()
    this.asked = asked.promise
    this.#server = createServer((socket) => {
      this.connections += 1
      this.#sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('data', (data) => {
        asked.resolve()
        if (this.answer !== undefined && String(data).startsWith('POST')) socket.end(this.answer(this.port))
      })
    })
  }

  async listen(): Promise<this> {
    this.port = await listenOnLoopback(this.#server)
    return this
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

function receiverOf(slack: Mute, patience?: { answerMs: number; connectMs: number }): SocketReceiver {
  return new SocketReceiver({
    appToken: 'xapp-1',
    apiUrl: `http://127.0.0.1:${slack.port}/api/`,
    logger: createSlackLogger(silentLog),
    ...(patience && { patience }),
  })
}

function addressOf(port: number): string {
  const body = JSON.stringify({ ok: true, url: `ws://127.0.0.1:${port}/link` })
  return `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`
}

test('it can be stopped while Slack does not answer', async () => {
  await using slack = await new Mute().listen()
  const receiver = receiverOf(slack)
  const starting = receiver.start()
  await slack.asked
  await receiver.stop()
  await starting
  expect(slack.connections).toBe(1)
})

test('it starts without Slack when Slack does not answer, and asks again', async () => {
  await using slack = await new Mute().listen()
  const receiver = receiverOf(slack, { answerMs: 50, connectMs: 60_000 })
  await receiver.start()
  await expect.poll(() => slack.connections).toBeGreaterThan(1)
  await receiver.stop()
})

test('a connection on which Slack never says hello is given up', async () => {
  await using slack = await new Mute().listen()
  slack.answer = addressOf
  const receiver = receiverOf(slack, { answerMs: 60_000, connectMs: 100 })
  await receiver.start()
  await expect.poll(() => slack.connections).toBeGreaterThan(3)
  await receiver.stop()
})
