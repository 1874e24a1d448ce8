// Writes portal/icons.svg anew from Bootstrap Italia's sprite: `node build/icons.mjs`. The list is
// every icon that a template or a module may name.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const wanted = `arrow-left arrow-right arrow-up ban bookmark burger calendar camera card check check-circle chevron-left
  chevron-right clip clock close close-big close-circle comment copy delete download error expand collapse external-link
  file file-pdf files flag hearing help help-circle horn inbox info-circle key link list lock locked logout mail
  map-marker map-marker-circle more-items note pa pencil pin plus plus-circle minus presentation print refresh search
  settings share software star-full star-outline telephone tool unlocked upload user video warning warning-circle wifi`
  .split(/\s+/)

const here = import.meta.dirname
const sprite = readFileSync(join(here, '../node_modules/bootstrap-italia/dist/svg/sprites.svg'), 'utf8')
const symbols = wanted.sort().map((name) => {
  const match = new RegExp(`<symbol id="it-${name}" [^>]*>.*?</symbol>`, 's').exec(sprite)
  if (!match) throw new Error(`no icon it-${name}`)
  return match[0]
})
const comment = '<!-- Icons of Bootstrap Italia 2.18.3, BSD-3-Clause, © Presidenza del Consiglio dei Ministri. Made by build/icons.mjs. -->'
writeFileSync(join(here, '../portal/icons.svg'), `<svg xmlns="http://www.w3.org/2000/svg">\n${comment}\n${symbols.join('\n')}\n</svg>\n`)
