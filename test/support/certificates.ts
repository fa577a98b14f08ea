import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

export interface Certificate {
  /** PEM. */
  cert: string;
  key: string;
}

interface Subject {
  name: string;
  /** DNS names that it is for; none: an authority. */
  hosts?: readonly string[];
  notAfter?: Date;
}

const oid = {
  ed25519: '2b6570',
  commonName: '550403',
  basicConstraints: '551d13',
  subjectAltName: '551d11',
};

/** A certificate authority made on the spot, and what it signs: X.509 in DER, as far as TLS asks. */
export function newAuthority(name: string) {
  const keys = generateKeyPairSync('ed25519');
  return {
    pem: certificate({ subject: { name }, publicKey: keys.publicKey, issuer: name, signer: keys.privateKey }),
    issue(subject: Required<Pick<Subject, 'hosts'>> & Subject): Certificate {
      const { publicKey, privateKey } = generateKeyPairSync('ed25519');
      return {
        cert: certificate({ subject, publicKey, issuer: name, signer: keys.privateKey }),
        key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      };
    },
  };
}

interface Making {
  subject: Subject;
  publicKey: KeyObject;
  issuer: string;
  signer: KeyObject;
}

function certificate({ subject, publicKey, issuer, signer }: Making): string {
  const { name, hosts, notAfter = new Date(Date.now() + 86_400_000) } = subject;
  const algorithm = sequence(der(0x06, oid.ed25519));
  const extension =
    hosts === undefined
      ? sequence(der(0x06, oid.basicConstraints), der(0x01, 'ff'), der(0x04, sequence(der(0x01, 'ff'))))
      : sequence(
          der(0x06, oid.subjectAltName),
          der(0x04, sequence(...hosts.map((host) => der(0x82, Buffer.from(host))))),
        );
  const body = sequence(
    der(0xa0, der(0x02, '02')),
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    algorithm,
    named(issuer),
    sequence(time(new Date(0)), time(notAfter)),
    named(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(extension)),
  );
  const signature = Buffer.concat([Buffer.from([0]), sign(null, body, signer)]);
  const text = sequence(body, algorithm, der(0x03, signature)).toString('base64');
  return `-----BEGIN CERTIFICATE-----\n${text.replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
}

function named(name: string): Buffer {
  return sequence(der(0x31, sequence(der(0x06, oid.commonName), der(0x0c, Buffer.from(name)))));
}

function time(at: Date): Buffer {
  return der(0x18, Buffer.from(`${at.toISOString().replace(/\D/g, '').slice(0, 14)}Z`));
}

function sequence(...parts: Buffer[]): Buffer {
  return der(0x30, Buffer.concat(parts));
}

/** Tag, length, content; a text is hexadecimal. */
function der(tag: number, content: Buffer | string): Buffer {
  const bytes = typeof content === 'string' ? Buffer.from(content, 'hex') : content;
  const { length } = bytes;
  const head =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...head]), bytes]);
}
