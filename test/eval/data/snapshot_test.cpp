#include "eval/data/snapshot.hpp"

#include <algorithm>

#include "eval/data/dataset.hpp"
#include "eval/data/find_split.hpp"
#include "eval/data/glob.hpp"
#include "eval/support.hpp"

namespace assay::eval {
namespace {

using test::input_error;
using test::recorded;
using test::TemporaryFolder;

std::vector<std::string> ids_of(const Split& split) {
  std::vector<std::string> ids;
  for (const Document& document : split.documents) ids.push_back(document.fields.at("id").get<std::string>());
  return ids;
}

// `datasets` reads a file twice that two of a split's words match; once is enough.
std::vector<std::string> once(const util::OrderedJson& ids) {
  std::vector<std::string> result;
  for (const auto& id : ids) {
    if (std::ranges::find(result, id.get<std::string>()) == result.end())
      result.push_back(id.get<std::string>());
  }
  return result;
}

std::string row(const std::string& id) {
  return "{\"id\":\"" + id + "\"}\n";
}

std::string missing(const std::filesystem::path& root, const SplitName& name) {
  const SplitFiles found = SplitFinder(root).find(name);
  CHECK(found.files.empty());
  return found.missing;
}

TEST_CASE("a downloaded repository gives the rows that datasets gives") {
  const auto fixture = recorded("snapshots.json");
  int answered = 0;
  int refused = 0;
  for (const auto& entry : fixture.at("cases")) {
    const TemporaryFolder root;
    for (const auto& [name, text] : entry.at("files").items())
      root.write(std::filesystem::path("org/set") / name, text.get<std::string>());
    for (const auto& query : entry.at("queries")) {
      const std::string config = query.at("config").is_null() ? "" : query.at("config").get<std::string>();
      const std::string split = query.at("split").get<std::string>();
      INFO(entry.at("name") << ": " << config << " " << split);
      if (query.contains("ids")) {
        CHECK(ids_of(read_split(root.path(), "org/set", config, split)) == once(query.at("ids")));
        ++answered;
      } else if (split != "dev" || entry.at("name") != "file names") {  // dev.jsonl is "dev" here, too
        CHECK_THROWS_AS(read_split(root.path(), "org/set", config, split), util::InputError);
        ++refused;
      }
    }
  }
  CHECK(answered == 45);
  CHECK(refused == 9);
}

TEST_CASE("configurations may be folders where there is no card") {
  const TemporaryFolder root;
  for (const std::string config : {"easy", "hard"}) {
    root.write("org/set/" + config + "/train-00000-of-00001.jsonl", row(config + " train"));
    root.write("org/set/" + config + "/auxiliary_train-00000-of-00001.jsonl", row(config + " auxiliary"));
    root.write("org/set/" + config + "/validation/0000.jsonl", row(config + " v0"));
    root.write("org/set/" + config + "/validation/0001.jsonl", row(config + " v1"));
  }
  root.write("org/other/data/de/dev.jsonl", row("dev"));
  root.write("org/one/main/test.jsonl", row("main"));
  root.write("org/both/default/0/test.jsonl", row("default"));
  root.write("org/both/main/test.jsonl", row("main"));
  const auto ids = [&](const std::string& set, const std::string& config, const std::string& split) {
    return ids_of(read_split(root.path(), set, config, split));
  };
  using Ids = std::vector<std::string>;
  CHECK(ids("org/set", "hard", "train") == Ids{"hard train"});
  CHECK(ids("org/set", "easy", "auxiliary_train") == Ids{"easy auxiliary"});
  CHECK(ids("org/set", "easy", "validation") == Ids{"easy v0", "easy v1"});
  CHECK(ids("org/other", "de", "dev") == Ids{"dev"});
  CHECK(ids("org/other", "de", "validation") == Ids{"dev"});
  CHECK(ids("org/one", "", "test") == Ids{"main"});
  CHECK(ids("org/both", "", "test") == Ids{"default"});
  const std::string several = input_error([&] { (void)ids("org/set", "", "validation"); });
  CHECK(several.find("several folders (easy, hard)") != std::string::npos);
  CHECK(
      missing(root.path(), {"org/set", "eazy", "train"}).find("folders there: easy, easy/validation, hard") !=
      std::string::npos);
  CHECK(missing(root.path(), {"org/set", "easy", "test"}).find("splits there: validation") !=
        std::string::npos);
}

TEST_CASE("the hub's cache is read, through its links, at the revision of main") {
  const TemporaryFolder root;
  for (const std::string top : {"", "hub/"}) {
    const std::string set = top + "datasets--org--set" + (top.empty() ? "1" : "2");
    root.write(set + "/blobs/aaaa", row("a"));
    root.write(set + "/blobs/bbbb", row("b"));
    root.write(set + "/refs/main", "222\n");
    for (const std::string revision : {"111", "222"}) {
      const auto folder = root.path() / set / "snapshots" / revision / "data";
      std::filesystem::create_directories(folder);
      const std::string blob = revision == "111" ? "aaaa" : "bbbb";
      std::filesystem::create_symlink("../../../blobs/" + blob, folder / "test-00000-of-00001.jsonl");
    }
  }
  using Ids = std::vector<std::string>;
  const auto test = [&](const std::string& set) { return ids_of(read_split(root.path(), set, "", "test")); };
  CHECK(test("org/set1") == Ids{"b"});
  CHECK(test("org/set2") == Ids{"b"});
  root.write("datasets--org--set1/refs/main", "333");
  const std::string revisions = input_error([&] { (void)test("org/set1"); });
  CHECK(revisions.find("several revisions (111, 222)") != std::string::npos);
  std::filesystem::remove_all(root.path() / "datasets--org--set1/snapshots/222");
  CHECK(test("org/set1") == Ids{"a"});
  root.write("datasets--org--set1/refs/main", "../../x");
  CHECK(input_error([&] { (void)test("org/set1"); }).find("names no revision") != std::string::npos);
}

TEST_CASE("no path and no link leaves a dataset's folder") {
  const TemporaryFolder root;
  root.write("secret.jsonl", row("secret"));
  root.write("org/linked/data/readme.txt", "");
  std::filesystem::create_symlink(root.path() / "secret.jsonl", root.path() / "org/linked/data/test.jsonl");
  const std::string linked = input_error([&] { (void)read_split(root.path(), "org/linked", "", "test"); });
  CHECK(linked.find("leads out of the dataset's folder") != std::string::npos);
  for (const std::string path : {"../secret.jsonl", "a/../../secret.jsonl", "/etc/passwd",
                                 "hf://datasets/x/y", "https://x/y.jsonl", "\"\""}) {
    CAPTURE(path);
    root.write("org/set/README.md", "---\nconfigs:\n- config_name: x\n  data_files: " + path + "\n---\n");
    const std::string message = input_error([&] { (void)read_split(root.path(), "org/set", "", "train"); });
    CHECK(message.find("README.md:4: data_files names a file that is not in") != std::string::npos);
  }
}

TEST_CASE("a card that cannot be followed is refused by line") {
  const auto message = [](const std::string& configs) {
    return input_error([&] {
      (void)parse_dataset_card("---\na: &x [1\nconfigs:\n" + configs + "b: ]\n---\n", "README.md");
    });
  };
  CHECK(message("  a: b\n").find("README.md:4: configs is not a list") != std::string::npos);
  CHECK(message("- a: b\n").find("README.md:4: an entry of configs has no config_name") != std::string::npos);
  CHECK(message("- config_name: x\n- config_name: x\n")
            .find("README.md:5: the configuration x appears twice") != std::string::npos);
  CHECK(message("- config_name: x\n  data_files:\n  - path: y\n    spilt: z\n").find("README.md:6:") !=
        std::string::npos);
  CHECK(message("- config_name: x\n  data_files:\n    a: b\n").find("README.md:") != std::string::npos);
  CHECK(message("- config_name: x\n  sep: ab\n").find("README.md:5:") != std::string::npos);
  CHECK(message("- config_name: [x\n").find("README.md:") != std::string::npos);
  CHECK(parse_dataset_card("# Title\n---\nconfigs:\n- 3\n---\n", "README.md").configs.empty());
  CHECK(parse_dataset_card("---\nconfigs:\n- 3\n", "README.md").configs.empty());
  CHECK(parse_dataset_card("", "README.md").configs.empty());
  const auto card = parse_dataset_card(
      "\xef\xbb\xbf\n---\r\nconfigs:\r\n- config_name: x\r\n  header: 3\r\n  default: true\r\n---\r\n",
      "README.md");
  REQUIRE(card.configs.size() == 1);
  CHECK(card.configs[0].unknown_option == "header");
  CHECK(card.configs[0].is_default);
}

TEST_CASE("shards are one split, with one limit and places of their own") {
  const TemporaryFolder root;
  root.write("o/s/data/test-00000-of-00003.jsonl", row("0") + "\n" + row("1"));
  root.write("o/s/data/test-00001-of-00003.jsonl", "");
  root.write("o/s/data/test-00002-of-00003.jsonl", row("2") + row("3"));
  const Split all = read_split(root.path(), "o/s", "", "test");
  CHECK(all.files.size() == 3);
  CHECK(ids_of(all) == std::vector<std::string>{"0", "1", "2", "3"});
  CHECK(all.place(1).ends_with("test-00000-of-00003.jsonl:3"));
  CHECK(all.place(3).ends_with("test-00002-of-00003.jsonl:2"));
  const Split some = read_split(root.path(), "o/s", "", "test", 3);
  CHECK(some.documents.size() == 3);
  CHECK(some.rows == 4);
  root.write("o/s/data/test-00002-of-00003.jsonl", row("2") + "oops\n");
  const std::string broken = input_error([&] { (void)read_split(root.path(), "o/s", "", "test"); });
  CHECK(broken.find("test-00002-of-00003.jsonl:2:") != std::string::npos);
  const std::vector<std::filesystem::path> files(40, root.write("big.jsonl", row(std::string(100'000, 'x'))));
  CHECK(input_error([&] { (void)read_rows(files, -1, {.stream_bytes = 3u << 20}); }).find("more than") !=
        std::string::npos);
  CHECK(read_rows(files, 3, {.stream_bytes = 3u << 20}).rows == 40);
}

TEST_CASE("patterns that match in many ways are matched in little time") {
  const std::string letters(4000, 'a');
  std::string stars;
  std::string folders;
  std::string path;
  for (int i = 0; i < 500; ++i) {
    stars += "a*";
    folders += "**/a/";
    path += "a/";
  }
  CHECK_FALSE(glob_match(stars + "b", letters));
  CHECK(glob_match(stars, letters));
  CHECK_FALSE(glob_match(folders + "b", path + path + "c"));
  CHECK(glob_match("**", "a/b"));
  CHECK_FALSE(glob_match("a/**", "a"));
  CHECK_FALSE(glob_match("*", "a/b"));
  CHECK_FALSE(glob_match("", "a"));
  CHECK(glob_match("[]a]?[!]b]", "]xa"));
  CHECK(glob_match("a[b", "a[b"));
}

}  // namespace
}  // namespace assay::eval
