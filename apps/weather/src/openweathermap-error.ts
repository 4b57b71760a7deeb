import { parseJson, TailboardError } from '@tailboard/contracts'
import { failOnStatus, type HttpAnswer } from '@tailboard/service/http'
import * as v from 'valibot'

/** `cod` is a number in some errors and text in others. */
const errorSchema = v.object({
  cod: v.pipe(v.union([v.number(), v.string()]), v.transform(Number)),
  message: v.string(),
})

/**
 * Fails when it says no in its own words, whatever the status, and on any status that is no success.
 * @throws TailboardError `refused` (the key), `rate-limited`, and as `failOnStatus`.
 */
export function failOnOpenWeatherMapError(answer: HttpAnswer): void {
  const { status, who } = answer
  const error = status === 200 && !answer.body.includes('"message"') ? null : readError(answer)
  const code = error === null || error.cod === 0 ? status : error.cod
  if (status === 200 && code === 200) return
  const said = error === null ? '' : `: ${error.message}`
  if (code === 401) {
    throw new TailboardError('refused', `${who} does not accept the key${said}`, {
      hint: 'A new key takes up to two hours to work. Else mend OPENWEATHERMAP_KEY in .env, then run: docker compose up -d',
    })
  }
  if (code === 429) {
    throw new TailboardError('rate-limited', `${who} asks us to come back later${said}`, {
      hint: 'The key’s calls are used up: other programs may use the same key. Raise intervalSeconds of this source.',
    })
  }
  failOnStatus({ ...answer, status: code })
}

function readError(answer: HttpAnswer): v.InferOutput<typeof errorSchema> | null {
  try {
    return parseJson(errorSchema, answer.body.toString('utf8'), 'an error')
  } catch {
    // Not its way to say no: HTML of a proxy, or the forecast, whose `message` is a number.
    return null
  }
}
