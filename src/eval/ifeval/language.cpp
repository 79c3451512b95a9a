#include "eval/ifeval/language.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <vector>

#include "assay/util/utf8.hpp"
#include "eval/ifeval/character_classes.hpp"
#include "eval/ifeval/language_profiles.hpp"
#include "eval/python_random.hpp"

namespace assay::eval {
namespace {

constexpr std::size_t max_characters = 10000;
constexpr int trials = 7;
constexpr double smoothing = 0.5;
constexpr double smoothing_width = 0.05;
constexpr double base_frequency = 10000;
constexpr int max_draws = 1000;
constexpr double converged = 0.99999;
constexpr double least_probability = 0.1;

bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_web(char c) {
  return is_alphanumeric(c) || std::string_view("-_.?&~;+=/#").find(c) != std::string_view::npos;
}
bool is_domain(char c) {
  return is_alphanumeric(c) || c == '-' || c == '_';
}
bool is_mail(char c) {
  return is_domain(c) || c == '.';
}

std::size_t run_of(std::string_view text, std::size_t at, std::size_t most, bool (*wanted)(char)) {
  std::size_t size = 0;
  while (size < most && at + size < text.size() && wanted(text[at + size])) ++size;
  return size;
}

// Bytes of the web address that begins at `at`, or 0.
std::size_t web_address(std::string_view text, std::size_t at) {
  std::size_t size = 0;
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (text.substr(at).starts_with(scheme)) size = scheme.size();
  }
  const std::size_t rest = size > 0 ? run_of(text, at + size, 2076, is_web) : 0;
  return rest > 0 ? size + rest : 0;
}

std::string without_web_addresses(std::string_view text) {
  std::string out;
  std::size_t copied = 0;
  for (std::size_t at = text.find("http"); at != std::string_view::npos; at = text.find("http", at)) {
    const std::size_t size = web_address(text, at);
    if (size > 0) {
      out.append(text, copied, at - copied);
      out += ' ';
      copied = at + size;
    }
    at += std::max<std::size_t>(size, 1);
  }
  return out.append(text, copied);
}

// [-_0-9A-Za-z]{1,255}[-_.0-9A-Za-z]{1,255} behind an @: its bytes, or 0.
std::size_t mail_domain(std::string_view text, std::size_t at) {
  const std::size_t first = run_of(text, at, 255, is_domain);
  if (first == 0) return 0;
  const std::size_t second = run_of(text, at + first, 255, is_mail);
  return second > 0 || first > 1 ? first + second : 0;
}

std::string without_mail_addresses(std::string_view text) {
  constexpr std::size_t max_local = 64;
  std::string out;
  std::size_t copied = 0;
  for (std::size_t at = text.find('@'); at != std::string_view::npos; at = text.find('@', at + 1)) {
    std::size_t begin = at;
    while (begin > copied && at - begin < max_local && is_mail(text[begin - 1])) --begin;
    const std::size_t domain = begin < at ? mail_domain(text, at + 1) : 0;
    if (domain == 0) continue;
    out.append(text, copied, begin - copied);
    out += ' ';
    copied = at + 1 + domain;
  }
  return out.append(text, copied);
}

// What is looked at: letters joined with their tone marks, one space for several.
std::vector<char32_t> looked_at(std::string_view text, const LanguageProfiles& profiles) {
  std::vector<char32_t> out;
  char32_t before = 0;
  std::size_t count = 0;
  for (std::size_t at = 0; at < text.size() && count < max_characters; ++count) {
    util::Character next = util::character_at(text, at);
    at += next.size;
    if (at < text.size()) {
      const util::Character mark = util::character_at(text, at);
      if (const auto toned = profiles.toned.find({next.code, mark.code}); toned != profiles.toned.end()) {
        next.code = toned->second;
        at += mark.size;
      }
    }
    if (next.code != ' ' || before != ' ') out.push_back(next.code);
    before = next.code;
  }
  return out;
}

bool is_between(char32_t code, char32_t first, char32_t last) {
  return code >= first && code <= last;
}

// Drops Latin letters from a text that is mostly of another script.
void drop_foreign_latin(std::vector<char32_t>& text) {
  const auto is_latin = [](char32_t code) { return is_between(code, 'A', 'z'); };
  const auto latin = std::ranges::count_if(text, is_latin);
  const auto other = std::ranges::count_if(
      text, [](char32_t code) { return code >= 0x300 && !is_between(code, 0x1e00, 0x1eff); });
  if (latin * 2 < other) std::erase_if(text, is_latin);
}

// One character for those that the profiles do not tell apart; a space for what is no letter.
char32_t normalized(char32_t code, const LanguageProfiles& profiles) {
  if (code < 0x80) return is_between(code, 'A', 'Z') || is_between(code, 'a', 'z') ? code : ' ';
  if (code < 0x100) return std::ranges::count(profiles.latin1_spaces, code) > 0 ? ' ' : code;
  if (code == 0x219) return 0x15f;  // Romanian comma below: cedilla
  if (code == 0x21b) return 0x163;
  if (code == 0x6cc) return 0x64a;                      // Farsi yeh: Arabic yeh
  if (is_between(code, 0x1ea0, 0x1eff)) return 0x1ec3;  // Vietnamese
  if (is_between(code, 0x2000, 0x206f)) return ' ';     // general punctuation
  if (is_between(code, 0x3040, 0x309f)) return 0x3042;  // Hiragana
  if (is_between(code, 0x30a0, 0x30ff)) return 0x30a2;  // Katakana
  if (is_between(code, 0x3100, 0x312f) || is_between(code, 0x31a0, 0x31bf)) return 0x3105;  // Bopomofo
  if (is_between(code, 0xac00, 0xd7af)) return 0xac00;  // Hangul syllables
  if (is_between(code, 0x4e00, 0x9fff)) {
    const auto found = profiles.ideographs.find(code);
    return found == profiles.ideographs.end() ? code : found->second;
  }
  return code;
}

using Feature = std::span<const NgramProbability>;

// The n-grams that some profile knows, in the text's order; none of words in capitals behind their first
// letter.
std::vector<Feature> features_of(const std::vector<char32_t>& text, const LanguageProfiles& profiles) {
  std::vector<Feature> features;
  std::vector<char32_t> last = {' '};  // up to three characters
  bool capitals = false;
  for (const char32_t raw : text) {
    const char32_t code = normalized(raw, profiles);
    const char32_t before = last.back();
    if (before == ' ') {
      last = {' '};
      capitals = false;
    } else if (last.size() >= 3) {
      last.erase(last.begin());
    }
    if (before != ' ' || code != ' ') {
      last.push_back(code);
      capitals = is_upper(code) && (capitals || is_upper(before));
    }
    if (capitals) continue;
    for (std::size_t size = 1; size <= last.size(); ++size) {
      if (size == 1 && last.back() == ' ') continue;
      const Feature feature = profiles.find(ngram_of(std::span(last).last(size)));
      if (!feature.empty()) features.push_back(feature);
    }
  }
  return features;
}

// random.Random.gauss(0, 1)
class Gauss {
 public:
  double next(PythonRandom& random) {
    if (has_second_) {
      has_second_ = false;
      return second_;
    }
    const double angle = random.random() * 2 * std::numbers::pi;
    const double radius = std::sqrt(-2 * std::log(1 - random.random()));
    second_ = std::sin(angle) * radius;
    has_second_ = true;
    return std::cos(angle) * radius;
  }

 private:
  double second_ = 0;
  bool has_second_ = false;
};

// Divides by the sum; the largest.
double normalize(std::vector<double>& probabilities) {
  const double sum = std::accumulate(probabilities.begin(), probabilities.end(), 0.0);
  double largest = 0;
  for (double& probability : probabilities) largest = std::max(largest, probability /= sum);
  return largest;
}

// Bayes' rule over features drawn at random until one language is certain.
std::vector<double> one_trial(const std::vector<Feature>& features, double alpha, std::size_t languages,
                              PythonRandom& random) {
  std::vector<double> probabilities(languages, 1.0 / static_cast<double>(languages));
  const double weight = alpha / base_frequency;
  std::vector<double> factors(languages);
  for (int draw = 0;; ++draw) {
    std::ranges::fill(factors, weight);
    for (const NgramProbability& known : features[random.below(features.size())])
      factors[known.language] = weight + known.probability;
    for (std::size_t i = 0; i < languages; ++i) probabilities[i] *= factors[i];
    if (draw % 5 == 0 && (normalize(probabilities) > converged || draw >= max_draws)) return probabilities;
  }
}

}  // namespace

bool can_detect_language() {
  return !language_profile_data().empty();
}

std::optional<std::string> detect_language(std::string_view text) {
  const LanguageProfiles& profiles = LanguageProfiles::get();
  std::vector<char32_t> characters = looked_at(without_mail_addresses(without_web_addresses(text)), profiles);
  drop_foreign_latin(characters);
  const std::vector<Feature> features = features_of(characters, profiles);
  if (features.empty()) return std::nullopt;
  PythonRandom random(0);
  Gauss gauss;
  std::vector<double> mean(profiles.languages.size());
  for (int trial = 0; trial < trials; ++trial) {
    const double alpha = smoothing + gauss.next(random) * smoothing_width;
    const std::vector<double> probabilities = one_trial(features, alpha, mean.size(), random);
    for (std::size_t i = 0; i < mean.size(); ++i) mean[i] += probabilities[i] / trials;
  }
  const auto best = std::ranges::max_element(mean);
  if (!(*best > least_probability)) return "unknown";
  return profiles.languages[static_cast<std::size_t>(best - mean.begin())];
}

}  // namespace assay::eval
