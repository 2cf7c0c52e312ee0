import { createServer } from 'node:net'
import { once } from 'node:events'

export const LOOPBACK = '127.0.0.1'

/** A port of the loopback interface that nothing listens on now; another process may take it before you do. */
export async function findFreePort(): Promise<number> {
  const probe = createServer().listen(0, LOOPBACK)
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  if (address === null || typeof address === 'string') throw new Error('A TCP socket has no port')
  return address.port
}

/** Whether the port of the loopback interface can be listened on. */
export async function isPortFree(port: number): Promise<boolean> {
  const probe = createServer()
  const isFree = await new Promise<boolean>((resolve) => {
    probe.once('error', () => resolve(false))
    probe.listen(port, LOOPBACK, () => resolve(true))
  })
  probe.close()
  return isFree
}
