// Texts in view whose contrast is below WCAG 2.2 AA: 4.5, or 3 for large type. What is disabled is exempt.
() => {
  const parse = (colour) => {
    const context = document.createElement("canvas").getContext("2d", { willReadFrequently: true })
    context.fillStyle = colour
    context.fillRect(0, 0, 1, 1)
    const [red, green, blue, alpha] = context.getImageData(0, 0, 1, 1).data
    return alpha === 0 ? [0, 0, 0, 0] : [red, green, blue, alpha / 255]
  }
  const over = (top, below, share) => top.slice(0, 3).map((value, i) => value * share + below[i] * (1 - share))
  const parent = (element) => element.parentElement ?? element.getRootNode().host ?? null
  const ground = (element) => {
    const layers = []
    for (let at = element; at; at = parent(at)) {
      const colour = parse(getComputedStyle(at).backgroundColor)
      if (colour[3] > 0) layers.push(colour)
      if (colour[3] === 1) break
    }
    return layers.reverse().reduce((below, layer) => over(layer, below, layer[3]), [255, 255, 255])
  }
  const luminance = (colour) => {
    const [red, green, blue] = colour.map((value) => {
      const share = value / 255
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
  }
  const opacity = (element) => {
    let product = 1
    for (let at = element; at; at = parent(at)) product *= Number(getComputedStyle(at).opacity)
    return product
  }
  const faint = []
  const look = (root) => {
    for (const element of root.querySelectorAll("*")) {
      if (element.shadowRoot) look(element.shadowRoot)
      const words = [...element.childNodes].filter((node) => node.nodeType === 3 && node.textContent.trim())
      if (!words.length || element.closest(":disabled, [aria-hidden=true], style, script, textarea")) continue
      const box = element.getBoundingClientRect()
      const style = getComputedStyle(element)
      if (!box.width || !box.height || style.visibility === "hidden" || box.bottom < 0 || box.top > innerHeight) continue
      const below = ground(element)
      const colour = parse(style.color)
      const seen = over(colour, below, colour[3] * opacity(element))
      const [light, dark] = [luminance(seen), luminance(below)].sort((a, b) => b - a)
      const ratio = (light + 0.05) / (dark + 0.05)
      const size = parseFloat(style.fontSize)
      const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700)
      if (ratio < (large ? 3 : 4.5)) faint.push(`${words[0].textContent.trim().slice(0, 40)}: ${ratio.toFixed(2)}`)
    }
  }
  look(document)
  return faint
}
