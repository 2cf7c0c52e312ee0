import { Client, type ClientConfig } from 'pg'

export type TestClient = Client & AsyncDisposable

/** A session that ends with its scope. */
export async function connectClient(config: ClientConfig): Promise<TestClient> {
  const client = new Client(config)
  // A session that the server ends (a forced drop, a crash on purpose) must not end the test process.
  client.on('error', () => undefined)
  await client.connect()
  let ending: Promise<void> | undefined
  return Object.assign(client, {
    [Symbol.asyncDispose]: () => (ending ??= client.end().catch(() => undefined)),
  })
}
