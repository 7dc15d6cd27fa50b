// Copies a text and says so, to the eye and to a screen reader.
const SHOWN = 2000 // milliseconds

function copyOldWay(text) {
  const field = document.createElement("textarea")
  field.value = text
  field.style.position = "fixed"
  field.style.opacity = "0"
  document.body.append(field)
  field.select()
  const done = document.execCommand("copy")
  field.remove()
  return done
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text) // only where the address is secure or this machine's own
    return true
  } catch {
    return copyOldWay(text)
  }
}

export default function ({ data, parentElement }) {
  const button = parentElement.querySelector("button")
  const status = parentElement.querySelector("span")
  if (!button.dataset.busy) button.textContent = data.label
  button.onclick = async () => {
    const said = (await copy(data.text)) ? "Copied" : "Copying is not allowed here"
    button.dataset.busy = "yes"
    button.textContent = said
    status.textContent = said
    setTimeout(() => {
      delete button.dataset.busy
      button.textContent = data.label
      status.textContent = ""
    }, SHOWN)
  }
}
