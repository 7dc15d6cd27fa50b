// Draws an answer: sentences with their citation marks, then a card for each source.
// Every word of a document is set as text, never as HTML.

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
  button.onclick = () => setTriggerValue("opened", place.number)
  return button
}

function sentence(claim, data, setTriggerValue) {
  const paragraph = element("p", "sentence", claim.text)
  for (const number of claim.marks) {
    const place = data.places[number - 1]
    const mark = opener("mark", place, data, setTriggerValue)
    mark.textContent = `[${number}]`
    mark.setAttribute("aria-label", `Open citation ${number}: ${place.where}`)
    paragraph.append("\u202f", mark)
  }
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
    parentElement.host.closest('[class*="st-key-exchange"]')?.scrollIntoView({ block: "start" })
  }
  root.dataset.drawn = "yes"
  if (focused) root.querySelector(`[data-place="${focused}"]`)?.focus({ preventScroll: true })
}
