import { lookup as resolve, type LookupAddress } from 'node:dns'
import type { LookupFunction } from 'node:net'
import { isPublicAddress } from './address.ts'

/**
 * The lookup of a connection that must lead to the public internet: it fails unless each address is public. The
 * connection is made to the addresses that were checked, so that a name which changes its mind gains nothing.
 */
export const publicLookup: LookupFunction = (hostname, options, callback) => {
  resolve(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
    if (error !== null) return callback(error, [])
    const [first] = addresses
    const refused = addresses.find(({ address }) => !isPublicAddress(address))
    if (first === undefined || refused !== undefined) {
      const why = refused === undefined ? 'stands for no address' : `stands for ${refused.address}`
      return callback(new Error(`${hostname} ${why}, which is not public`), [])
    }
    return options.all === true ? callback(null, addresses) : callback(null, first.address, first.family)
  })
}
