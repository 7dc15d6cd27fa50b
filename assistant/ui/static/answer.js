// Draws an answer: sentences with their citation marks, then a card for each source.
// Every word of a document is set as text, never as HTML.
const DRAWN = 3000 // milliseconds after which the page is drawn
const ENDING = 2 // characters of a sentence that stay with its first mark
const PHONE = 640 // pixels
const OPEN_SIDEBAR = '[data-testid="stSidebarCollapseButton"] button[aria-expanded="true"]'

function element(tag, className, text) {
  const made = document.createElement(tag)
  if (className) made.className = className
  if (text) made.textContent = text
  return made
}

function opener(className, place, data, setTriggerValue) {
  const button = element("button", className)
  button.type = "button"
  button.dataset.place = `${className}-${place.number}`
  button.setAttribute("aria-pressed", String(place.number === data.open))
  button.onclick = () => {
    holdPlace(button)
    setTriggerValue("opened", place.number)
  }
  return button
}

// Holds the page where it is while more of it is drawn, until its reader moves it.
function hold(inside, keep) {
  const page = inside.closest(".stMain")
  if (!page) return
  const observer = new ResizeObserver(keep)
  observer.observe(page.querySelector(".stMainBlockContainer"))
  const release = () => observer.disconnect()
  for (const moved of ["wheel", "touchmove", "keydown"]) page.addEventListener(moved, release, { once: true, passive: true })
  setTimeout(release, DRAWN)
}

// A panel that opens may break lines anew above what was clicked.
function holdPlace(button) {
  const root = button.getRootNode()
  const { place } = button.dataset
  const top = button.getBoundingClientRect().top
  hold(root.host, () => {
    const now = root.querySelector(`[data-place="${place}"]`)
    if (now) root.host.closest(".stMain").scrollTop += now.getBoundingClientRect().top - top
  })
}

function comeIntoView(exchange) {
  const keep = () => exchange.scrollIntoView({ block: "start" })
  keep()
  hold(exchange, keep) // what stood below the exchange before goes only now
  if (innerWidth <= PHONE) document.querySelector(OPEN_SIDEBAR)?.click() // it would lie over the answer
}

function sentence(claim, data, setTriggerValue) {
  const letters = [...claim.text]
  const paragraph = element("p", "sentence", letters.slice(0, -ENDING).join(""))
  const ending = element("span", "ending", letters.slice(-ENDING).join("")) // no mark begins a line
  claim.marks.forEach((number, position) => {
    const place = data.places[number - 1]
    const mark = opener("mark", place, data, setTriggerValue)
    mark.textContent = `[${number}]`
    mark.setAttribute("aria-label", `Open citation ${number}: ${place.where}`)
    ;(position ? paragraph : ending).append(mark)
    if (!position) paragraph.append(ending)
  })
  return paragraph
}

function quote(number, data, setTriggerValue) {
  const place = data.places[number - 1]
  const button = opener("quote", place, data, setTriggerValue)
  button.setAttribute("aria-label", `Open source ${number}: ${place.where}`)
  if (place.label) button.append(element("span", "label", place.label))
  const words = element("span", "words", place.quote)
  words.lang = place.language
  button.append(words)
  if (place.page) button.append(element("span", "page", place.page))
  return button
}

function card(source, data, setTriggerValue) {
  const item = element("li", "card")
  item.append(element("h4", "title", source.title), element("p", "details", source.details))
  if (source.warning) item.append(element("p", "warning", source.warning))
  for (const number of source.numbers) item.append(quote(number, data, setTriggerValue))
  return item
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".answer")
  const focused = root.getRootNode().activeElement?.dataset?.place
  root.replaceChildren(...data.claims.map((claim) => sentence(claim, data, setTriggerValue)))
  if (data.cards.length) {
    const list = element("ol", data.evidence ? "cards" : "cards nearest")
    list.append(...data.cards.map((source) => card(source, data, setTriggerValue)))
    root.append(element("h3", "heading", data.heading), list)
  }
  if (!root.dataset.drawn && data.latest) {
    const exchange = parentElement.host.closest('[class*="st-key-exchange"]')
    if (exchange) comeIntoView(exchange)
  }
  root.dataset.drawn = "yes"
  if (focused) root.querySelector(`[data-place="${focused}"]`)?.focus({ preventScroll: true })
}
