#include "text/jinja/budget.hpp"

#include "text/jinja/value.hpp"

namespace assay::text::jinja {

namespace {

// Looking at this many bytes takes about as long as one step.
constexpr std::size_t work_of_step = 64;

void take(std::size_t& left, std::size_t count, const char* message) {
  if (count > left) throw EvaluationError{message};
  left -= count;
}

}  // namespace

thread_local Budget* Budget::current_ = nullptr;

Budget::Budget(const JinjaLimits& limits)
    : outer_(current_),
      depth_left_(limits.max_depth),
      steps_left_(limits.max_steps),
      values_left_(limits.max_values),
      text_left_(limits.max_text_bytes),
      work_left_(limits.max_steps * work_of_step) {
  current_ = this;
}

Budget::~Budget() {
  current_ = outer_;
}

void Budget::step() {
  if (current_ != nullptr) take(current_->steps_left_, 1, "the template takes too many steps");
}

void Budget::values(std::size_t count) {
  if (current_ != nullptr) take(current_->values_left_, count, "the template makes too many values");
}

void Budget::text(std::size_t bytes) {
  if (current_ != nullptr) take(current_->text_left_, bytes, "the template makes too much text");
}

void Budget::work(std::size_t bytes) {
  if (current_ != nullptr) take(current_->work_left_, bytes, "the template takes too many steps");
}

Depth::Depth() {
  if (Budget::current_ == nullptr) return;
  if (Budget::current_->depth_left_ == 0)
    throw EvaluationError{"the template nests too deeply (does a macro call itself without end?)"};
  --Budget::current_->depth_left_;
}

Depth::~Depth() {
  if (Budget::current_ != nullptr) ++Budget::current_->depth_left_;
}

}  // namespace assay::text::jinja
