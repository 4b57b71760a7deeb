import { generateKeyPairSync, sign, X509Certificate } from 'node:crypto'

/** A certificate that signed itself, made for one test: nothing secret lies in the repository. */
export interface TestCertificate {
  key: string
  cert: string
  /** As `TlsTrust` takes it. */
  fingerprint256: string
}

export interface CertificateOptions {
  /** The DNS name that it is for. */
  name: string
  notBefore?: Date
  notAfter?: Date
}

const day = 86_400_000

/** X.509 v3 by hand (RFC 5280): Node can read certificates but not make them. */
export function selfSigned({ name, ...validity }: CertificateOptions): TestCertificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  const { notBefore = new Date(Date.now() - day), notAfter = new Date(Date.now() + 365 * day) } = validity
  const ecdsaWithSha256 = sequence(oid('2a8648ce3d040302'))
  const names = sequence(set(sequence(oid('550403'), der(0x0c, Buffer.from(name)))))
  const alternativeName = sequence(oid('551d11'), der(0x04, sequence(der(0x82, Buffer.from(name)))))
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([1])),
    ecdsaWithSha256,
    names,
    sequence(time(notBefore), time(notAfter)),
    names,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(alternativeName)),
  )
  const signature = Buffer.concat([Buffer.from([0]), sign('sha256', body, privateKey)])
  const whole = sequence(body, ecdsaWithSha256, der(0x03, signature))
  const cert = `-----BEGIN CERTIFICATE-----\n${whole.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert,
    fingerprint256: new X509Certificate(cert).fingerprint256,
  }
}

function der(tag: number, ...content: Buffer[]): Buffer {
  const value = Buffer.concat(content)
  const { length } = value
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...size]), value])
}

function sequence(...content: Buffer[]): Buffer {
  return der(0x30, ...content)
}

function set(...content: Buffer[]): Buffer {
  return der(0x31, ...content)
}

function oid(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, 'hex'))
}

/** GeneralizedTime: it holds the years beyond 2049 too. */
function time(date: Date): Buffer {
  return der(0x18, Buffer.from(`${date.toISOString().replace(/[-:T]|\.\d+/g, '')}`))
}
