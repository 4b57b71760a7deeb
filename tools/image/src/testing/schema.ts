import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'

const folder = join(import.meta.dirname, '../../node_modules/@cyclonedx/cyclonedx-library/res/schema')
/** A schema under the name by which the others of this folder refer to it. */
const schema = (name: string): object => {
  const file = `${name}.SNAPSHOT.schema.json`
  return {
    ...JSON.parse(readFileSync(join(folder, file), 'utf8')),
    $id: `http://cyclonedx.org/schema/${file}`,
  }
}

/** What the official schema of CycloneDX 1.6 has against a bill of materials; nothing when it is one. */
export function schemaProblems(bom: unknown): string[] {
  const ajv = new Ajv({ strict: false, allErrors: true })
  addFormats.default(ajv)
  // Those for internationalised names are in another package, and hold nothing that we write.
  for (const format of ['idn-email', 'iri-reference']) ajv.addFormat(format, true)
  ajv.addSchema(schema('spdx')).addSchema(schema('jsf-0.82'))
  ajv.validate(schema('bom-1.6'), bom)
  return (ajv.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
}
