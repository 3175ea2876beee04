// Why something could not be read, in one language. It is kept as "indonesian / english; indonesian / english".

/** Return the part in `language` ("id", "en") of each sentence; what is written in one language only stays. Pure. */
export function reasonIn(language, outcome) {
  const sentences = [];
  for (const piece of outcome.split("; ")) {
    // a semicolon within a sentence: it goes on until both languages are there
    if (sentences.length && !sentences[sentences.length - 1].includes(" / ")) sentences[sentences.length - 1] += `; ${piece}`;
    else sentences.push(piece);
  }
  const last = sentences.length - 1;
  if (last > 0 && !sentences[last].includes(" / ")) sentences.splice(last - 1, 2, `${sentences[last - 1]}; ${sentences[last]}`);
  return sentences.map((sentence) => {
    const [indonesian, english] = sentence.split(" / ");
    return language === "en" ? english ?? indonesian : indonesian;
  }).join(" ");
}
