// GPQA (Rein et al. 2023): the four options of a question in a random order, as lm-evaluation-harness's tasks
// write them into its documents.
#pragma once

#include "assay/util/json.hpp"

namespace assay::eval {

class PythonRandom;

enum class GpqaMarkup { kept, removed };  ///< what stands in square brackets
enum class GpqaChoices { apart, also_listed };

/// Sets choice1 to choice4, and `choices` if also listed, and the letter of the right one, "(A)", as
/// `answer`. Throws InputError for a missing field, or one that is neither text nor null.
void set_gpqa_options(util::OrderedJson& document, PythonRandom& random, GpqaMarkup markup,
                      GpqaChoices choices);

}  // namespace assay::eval
