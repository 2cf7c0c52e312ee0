import { BlockList, isIP } from 'node:net'
import { GodwitError } from '../errors.ts'

const maxUrlLength = 2_000

/**
 * What is not the public internet.
 * @see https://www.iana.org/assignments/iana-ipv4-special-registry/iana-ipv4-special-registry.xhtml
 */
const specialIpv4 = listOf('ipv4', [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  // Multicast, and what is reserved behind it up to the broadcast address.
  ['224.0.0.0', 3],
])

/** All else is local, multicast, reserved, or an IPv4 address in disguise. */
const publicIpv6 = listOf('ipv6', [['2000::', 3]])

/** @see https://www.iana.org/assignments/iana-ipv6-special-registry/iana-ipv6-special-registry.xhtml */
const specialIpv6 = listOf('ipv6', [
  ['2001::', 23],
  ['2001:db8::', 32],
  // Tunnels to an IPv4 address that is part of the address.
  ['2002::', 16],
  ['3fff::', 20],
])

function listOf(family: 'ipv4' | 'ipv6', subnets: readonly (readonly [string, number])[]): BlockList {
  const list = new BlockList()
  for (const [network, prefix] of subnets) list.addSubnet(network, prefix, family)
  return list
}

/** Whether an IP address is one of the public internet; false for what is no IP address. */
export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !specialIpv4.check(address, 'ipv4')
    case 6:
      return publicIpv6.check(address, 'ipv6') && !specialIpv6.check(address, 'ipv6')
    default:
      return false
  }
}

/** What a URL must keep to. An address that its host name stands for is checked when it is connected to. */
interface UrlRules {
  readonly allowPrivateAddresses: boolean
}

/** @throws GodwitError BAD_INPUT. The message does not quote the URL, which may hold a secret. */
export function parseWebhookUrl(text: string, { allowPrivateAddresses }: UrlRules): URL {
  const url = URL.parse(text)
  if (url === null || text.length > maxUrlLength) {
    throw invalidUrl(`must be an absolute URL of at most ${maxUrlLength} characters`)
  }
  if (url.username !== '' || url.password !== '') {
    throw invalidUrl('must not hold a user or password: the signature tells the receiver who calls')
  }
  if (url.protocol !== 'https:' && !(allowPrivateAddresses && url.protocol === 'http:')) {
    throw invalidUrl('must begin with https://', privateRemedy)
  }
  const host = literalHost(url)
  if (isIP(host) !== 0 && !allowPrivateAddresses && !isPublicAddress(host)) {
    throw invalidUrl(
      `must not lead to ${host}, which is not an address of the public internet`,
      privateRemedy,
    )
  }
  url.hash = ''
  return url
}

const privateRemedy =
  'Give the https URL of a public host, or start all of Godwit with GODWIT_WEBHOOK_PRIVATE_ADDRESSES=on.'

/** The host without the brackets of IPv6. */
function literalHost({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, '$1')
}

/** For people to recognise it by: without the query, which may hold a secret. */
export function showWebhookUrl({ origin, pathname }: URL): string {
  return origin + pathname
}

function invalidUrl(why: string, remedy?: string): GodwitError {
  return new GodwitError('BAD_INPUT', `url ${why}.`, {
    field: 'url',
    ...(remedy !== undefined && { remedy }),
  })
}
